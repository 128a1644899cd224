package ewssim

import (
	"log/slog"
	"time"

	"lockstep/sync/internal/faultscript"
)

// Generation is the product that the server pretends to be.
type Generation int

// The generations. The zero value is Exchange 2016.
const (
	Exchange2016 Generation = iota
	Exchange2007SP1
	Exchange2010SP2
	Exchange2013SP1
	Exchange2019
	ExchangeSE
)

type product struct {
	name                  string
	major, minor, build   int
	rev                   int
	version               string // Version attribute; rolling names are not request versions
	highest               schema
	truncatesTimeZoneText bool
}

// Builds are those of https://learn.microsoft.com/exchange/new-features/build-numbers-and-release-dates.
var products = map[Generation]product{
	Exchange2007SP1: {name: "Exchange 2007 SP1", major: 8, minor: 1, build: 240, rev: 5, version: "Exchange2007_SP1", highest: v2007SP1},
	Exchange2010SP2: {name: "Exchange 2010 SP2", major: 14, minor: 2, build: 247, rev: 1, version: "Exchange2010_SP2", highest: v2010SP2},
	Exchange2013SP1: {name: "Exchange 2013 SP1", major: 15, minor: 0, build: 1497, rev: 2, version: "V2_23", highest: v2013SP1},
	Exchange2016:    {name: "Exchange 2016", major: 15, minor: 1, build: 2507, rev: 6, version: "V2017_07_11", highest: v2016, truncatesTimeZoneText: true},
	Exchange2019:    {name: "Exchange 2019", major: 15, minor: 2, build: 1544, rev: 4, version: "V2018_01_08", highest: v2016, truncatesTimeZoneText: true},
	ExchangeSE:      {name: "Exchange Server SE", major: 15, minor: 2, build: 2562, rev: 17, version: "V2018_01_08", highest: v2016, truncatesTimeZoneText: true},
}

// String returns the product's name.
func (g Generation) String() string { return products[g].name }

// Auth is what the server lets clients sign in with.
type Auth int

// The settings. The zero value is what Exchange on premises offers: Negotiate
// and NTLM.
const (
	AuthNTLM Auth = iota
	AuthBasic
	AuthBoth
)

// String names the setting as the command line does.
func (a Auth) String() string { return [...]string{"ntlm", "basic", "both"}[a] }

// Switches settle what the documentation leaves open or what differs between
// servers in the field. A client must work in every setting. The zero value is
// the likeliest behaviour.
type Switches struct {
	// OffsetTimes writes dateTimes with the offset of the item's own zone in
	// place of Z when the client sent no TimeZoneContext.
	OffsetTimes bool
	// PageCap limits FindItem pages; 0 means 1000 without and 250 with a
	// restriction, the limits of Exchange 2013 and later.
	PageCap int
	// SyncCap limits SyncFolderItems pages below what the client asks; 0 means
	// the client's wish.
	SyncCap int
	// RawControls writes characters that XML 1.0 forbids as character
	// references, as real servers do; such answers do not validate.
	RawControls bool
	// DeniedAsNotFound answers ErrorItemNotFound and ErrorFolderNotFound where
	// the caller lacks the right to read, in place of ErrorAccessDenied.
	DeniedAsNotFound bool
	// FullZones writes StartTimeZone and EndTimeZone of items with periods and
	// transitions, as Exchange 2010 does; otherwise Id and Name only.
	FullZones bool
	// HTMLBodies stores plain-text bodies as HTML, as the store of some
	// versions hands them back.
	HTMLBodies bool
	// BusyInside answers throttling as a response message in HTTP 200 in place
	// of a SOAP fault with HTTP 500.
	BusyInside bool
	// CopyDropsStamp leaves custom extended properties out of the copies that
	// attendees get. True on real servers as far as is known, so the zero value
	// drops them; KeepStampOnInvite keeps them.
	KeepStampOnInvite bool
	// DelegateMayTrash lets delegates delete into Deleted Items, which the
	// documentation says fails with ErrorCannotDeleteObject.
	DelegateMayTrash bool
	// MessagesNotification puts the Notification elements of a stream into the
	// messages namespace, where .NET clients look for them, in place of the
	// types namespace, where the schema has them. Such answers do not validate.
	MessagesNotification bool
	// MasterIsRecurring reports IsRecurring true on masters.
	MasterIsRecurring bool
	// OccurrenceKeys gives each occurrence a change key of its own, which a
	// change of another leaves as it is; otherwise it is that of its master.
	OccurrenceKeys bool
	// LazyRules looks at the rule of a series when an update is through, so
	// that another rule in the middle of it resets nothing; otherwise each part
	// of an update has its effect when its turn comes.
	LazyRules bool
}

// Exchange is one request with its answer as they crossed the wire, without
// compression.
type Exchange struct {
	Op            string // GetItem, …; "" when the request could not be read
	SchemaVersion string // as requested, such as Exchange2010_SP2; "none" without
	Client        string // User-Agent of the request
	Request       []byte
	Response      []byte
}

// Options of a server. The zero value is usable: an Exchange 2016 whose clock
// stands still.
type Options struct {
	Now     func() time.Time // server clock, without skew; default stands at the start of 2026
	Log     *slog.Logger     // never gets subjects, bodies, people or passwords
	Domain  string           // NetBIOS domain, default OFFICE
	Faults  *faultscript.Script
	Version Generation
	Auth    Auth
	// Latency delays every answer.
	Latency time.Duration
	// Record gets every request and answer but those that a fault spoilt. When
	// the environment variable LOCKSTEP_RECORD_EWS names a folder, each distinct
	// envelope that has to validate is written there as well.
	Record   func(Exchange)
	Switches Switches
	// Seed decides all ids: servers with the same seed and history give out the
	// same ids.
	Seed uint64
	// RequireBinding refuses NTLM without a channel binding token: Extended
	// Protection set to Require. It needs HTTPS.
	RequireBinding bool
	// TellLocked names a locked account in the page of a refusal, as some servers do.
	TellLocked bool
	// Certificate is what clients are shown by Start; OldTLS speaks TLS 1.0 alone.
	Certificate Certificate
	OldTLS      bool
	// KeepAlive is how often an idle stream sends a StatusEvent; default 45 s.
	KeepAlive time.Duration
	// StreamMinute is how long one minute of ConnectionTimeout lasts, for tests
	// that cannot wait; default a minute.
	StreamMinute time.Duration
}

func (o *Options) setDefaults() {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Domain == "" {
		o.Domain = "OFFICE"
	}
	if o.KeepAlive == 0 {
		o.KeepAlive = 45 * time.Second
	}
	if o.StreamMinute == 0 {
		o.StreamMinute = time.Minute
	}
}
