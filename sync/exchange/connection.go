package exchange

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lockstep/resources/zones"
	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// Options of a Connection. The zero value is usable.
type Options struct {
	// Office is our name in marks, for the log: every Op brings the mark to write.
	Office string
	// Account names the sign-in in Identity, DOMAIN\user or an address; never a secret.
	Account string
	// Zone is the IANA zone of people whose own is not known; UTC if empty.
	Zone string
	// Batch is how many entries go into one request, at most; 64 if zero.
	Batch int
	// Poll is how often a watch hints where the server refuses notifications; 1 minute if zero.
	Poll time.Duration
	// Stream is how long one stream of notifications stays open, 1 to 30 minutes; 29 if zero.
	Stream time.Duration
	Log    *slog.Logger // nil logs nothing
}

const (
	defaultBatch  = 64
	defaultPoll   = time.Minute
	defaultStream = 29 * time.Minute
)

func (o Options) withDefaults() Options {
	if o.Batch <= 0 {
		o.Batch = defaultBatch
	}
	if o.Poll <= 0 {
		o.Poll = defaultPoll
	}
	if o.Stream <= 0 {
		o.Stream = defaultStream
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if _, ok := zones.ToWindows(o.Zone); !ok {
		o.Zone = utc
	}
	return o
}

// Connection is one account on one Exchange server. It is safe for concurrent
// use.
type Connection struct {
	client *ews.Client
	opts   Options
	hub    *hub
	// moves is set once the server has refused to delete into Deleted Items,
	// which it does with delegates; from then on entries are moved there.
	moves atomic.Bool
	// ownKeys is set while the server is taken for one that gives occurrences
	// change keys of their own.
	ownKeys atomic.Bool
}

// New is a connection over a client. Nothing is sent yet.
func New(client *ews.Client, o Options) *Connection {
	o = o.withDefaults()
	if o.Office != "" {
		o.Log = o.Log.With("office", o.Office)
	}
	return &Connection{client: client, opts: o, hub: newHub(client, o)}
}

// Endpoint is the calendar of the mailbox with that SMTP address. zone is the
// IANA zone of its owner, in which whole days are written; empty or unknown:
// that of the Options.
func (c *Connection) Endpoint(mailbox, zone string) endpoint.Endpoint {
	if _, ok := zones.ToWindows(zone); !ok {
		zone = c.opts.Zone
	}
	return &calendar{conn: c, box: c.client.Mailbox(mailbox), zone: zone}
}

// Mailbox is a mailbox as the directory knows it.
type Mailbox struct {
	Address string // primary SMTP address, lower case
	Name    string // display name
}

// Lookup finds the mailbox that an SMTP address, primary or secondary, belongs
// to. One that the directory does not know is NotFound of the calendar.
func (c *Connection) Lookup(ctx context.Context, address string) (Mailbox, error) {
	const op = "look up exchange mailbox"
	address = lower(address)
	found, _, err := c.client.Mailbox("").ResolveNames(ctx, "smtp:"+address)
	if err != nil {
		return Mailbox{}, failed(op, err, endpoint.ScopeCalendar)
	}
	for _, r := range found {
		primary := lower(r.Mailbox.Address)
		known := primary == address
		for _, a := range r.Addresses {
			known = known || lower(a) == address
		}
		// A name search by address has no other hits; some servers list no further addresses.
		if known || len(found) == 1 && len(r.Addresses) == 0 {
			return Mailbox{Address: primary, Name: r.Mailbox.Name}, nil
		}
	}
	return Mailbox{}, &endpoint.Error{Op: op, Side: event.Exchange, Code: "ErrorNameResolutionNoResults", Scope: endpoint.ScopeCalendar, Kind: endpoint.NotFound}
}

// Check proves that the account can sign in, act for the mailbox, and read and
// write its calendar. The error's Kind tells which of these fails.
func (c *Connection) Check(ctx context.Context, mailbox string) error {
	const op = "check exchange calendar"
	f, err := openCalendar(ctx, c.client.Mailbox(mailbox), op)
	if err != nil {
		return err
	}
	if r := f.EffectiveRights; f.HasRights && (!r.Read || !r.CreateContents || !r.Modify && !r.Delete) {
		return &endpoint.Error{Op: op, Side: event.Exchange, Code: "ErrorAccessDenied", Scope: endpoint.ScopeCalendar, Kind: endpoint.Forbidden}
	}
	return nil
}

// openCalendar reads the calendar folder itself and demands the right to read.
func openCalendar(ctx context.Context, m *ews.Mailbox, op string) (ews.Folder, error) {
	got, err := m.GetFolder(ctx, calendarFolder())
	if err != nil {
		return ews.Folder{}, failed(op, err, endpoint.ScopeCalendar)
	}
	if err := got[0].Err; err != nil {
		return ews.Folder{}, failed(op, err, endpoint.ScopeCalendar)
	}
	if f := got[0].Folder; f.HasRights && !f.EffectiveRights.Read {
		return ews.Folder{}, &endpoint.Error{Op: op, Side: event.Exchange, Code: "ErrorAccessDenied", Scope: endpoint.ScopeCalendar, Kind: endpoint.Forbidden}
	}
	return got[0].Folder, nil
}

func calendarFolder() ews.FolderRef { return ews.FolderRef{Name: ews.FolderCalendar} }

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// calendar is one person's calendar folder.
type calendar struct {
	conn *Connection
	box  *ews.Mailbox
	zone string // IANA name of the owner's zone

	mu   sync.Mutex
	enum enumeration
	note note // the one that holds the lease, as it was last read or written
}

var (
	_ endpoint.Endpoint   = (*calendar)(nil)
	_ endpoint.BulkFinder = (*calendar)(nil)
	_ endpoint.Identifier = (*calendar)(nil)
	_ endpoint.Clocked    = (*calendar)(nil)
	_ endpoint.Answering  = (*calendar)(nil)
	_ endpoint.Watcher    = (*calendar)(nil)
)

// Capabilities are the same for every server.
func (c *calendar) Capabilities() event.Capabilities {
	return event.Capabilities{Fields: fields, Tells: event.FieldAttendees, Batch: c.conn.opts.Batch, Tombstones: true, Keys: true, Preconditions: true}
}

// Identity names the account and the mailbox. It survives the move of a
// mailbox to another server. Nobody has to be asked: every request names both,
// and the server acts as this account on this mailbox or refuses. Whether the
// calendar can be read is told by the listing that follows.
func (c *calendar) Identity(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", failed("identify exchange mailbox", err, endpoint.ScopeCalendar)
	}
	return lower(c.conn.opts.Account) + "/" + lower(c.box.Address()), nil
}

// Answered is how long the server's last answer took, and what it is.
func (c *calendar) Answered() (took time.Duration, product string) {
	return c.conn.client.Took(), Product(c.box.Server())
}

// Skew is how far the server's clock is ahead of ours.
func (c *calendar) Skew() time.Duration {
	d, _ := c.conn.client.ClockSkew()
	return d
}
