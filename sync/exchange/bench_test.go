package exchange_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/endpoint/endpointtest"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/internal/faultscript"
)

const (
	anna    = "anna@office.test"
	olaf    = "olaf@office.test"
	account = "sync"
	secret  = "s3cret!"
)

// startOfTests is when the server's clock stands still.
func startOfTests() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// ticking is a clock that goes on from then, for pauses that must end.
func ticking() func() time.Time {
	began := time.Now()
	return func() time.Time { return startOfTests().Add(time.Since(began)) }
}

// rig is a simulated Exchange with two mailboxes and a connection to it.
type rig struct {
	*ewssim.Server
	script *faultscript.Script
	client *ews.Client
	conn   *exchange.Connection
	url    string
	// delegate: entries reach Deleted Items by MoveItem.
	delegate bool
}

type rigOptions struct {
	sim    ewssim.Options
	access ews.Access
	zone   string // Windows id of the mailboxes' zone
	ex     exchange.Options
	// repeats is how often a call is sent again that the server turns away for a moment; 0: never.
	repeats int
}

func newRig(t testing.TB, o rigOptions) *rig {
	t.Helper()
	r := &rig{script: faultscript.New()}
	if o.sim.Now == nil {
		o.sim.Now = startOfTests
	}
	o.sim.Faults = r.script
	o.sim.StreamMinute = time.Second
	if o.zone == "" {
		o.zone = "FLE Standard Time"
	}
	r.Server = ewssim.New(o.sim)
	r.AddAccount(account, secret)
	for _, m := range []ewssim.MailboxInfo{
		{Primary: anna, Aliases: []string{"a.berg@office.test"}, Name: "Anna Berg", Zone: o.zone}, {Primary: olaf, Name: "Olaf", Zone: o.zone},
	} {
		if err := r.AddMailbox(m); err != nil {
			t.Fatal(err)
		}
		if o.access == ews.AccessDelegate {
			if err := r.Share(m.Primary, "", account, ewssim.RightEdit); err != nil {
				t.Fatal(err)
			}
		}
	}
	if o.repeats == 0 {
		o.repeats = -1
	}
	if o.access != ews.AccessDelegate {
		r.AllowImpersonation(account)
	}
	running, err := r.Start("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	r.url = running.URL
	r.client, err = ews.New(ews.Options{
		URL: running.URL, Domain: "OFFICE", User: account, Password: secret, Access: o.access, Now: ticking(), Timeout: 30 * time.Second,
		Repeats: o.repeats,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.client.Close(); running.Close() })
	o.ex.Account = account
	if o.ex.Poll == 0 {
		o.ex.Poll = 20 * time.Millisecond
	}
	r.conn = exchange.New(r.client, o.ex)
	return r
}

// once is an endpoint whose planned fault meets one call and then no other.
type once struct {
	full
	r *rig
}

// full is everything that the endpoint can do.
type full interface {
	endpoint.Endpoint
	endpoint.BulkFinder
	endpoint.Identifier
	endpoint.Watcher
	endpoint.Clocked
	endpoint.Answering
	endpoint.Leaser
}

func (o once) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	fired := o.r.script.Fired()
	out := o.full.Apply(ctx, ops)
	if o.r.script.Fired() > fired {
		o.r.script.Clear()
	}
	return out
}

// hands is how a person acts in the simulated Exchange. It reads and writes
// stored items by itself and shares no mapping with the endpoint.
type hands struct {
	r    *rig
	loc  *time.Location
	zone string // Windows id
}

var windowsOf = map[string]string{
	"Europe/Helsinki": "FLE Standard Time", "UTC": "UTC", "America/New_York": "Eastern Standard Time", "Asia/Kolkata": "India Standard Time",
	"Europe/Amsterdam": "W. Europe Standard Time", "Asia/Tokyo": "Tokyo Standard Time", "Asia/Kathmandu": "Nepal Standard Time",
	"Europe/Kyiv": "FLE Standard Time", "Europe/Berlin": "W. Europe Standard Time",
}

var states = map[event.ShowAs]string{
	event.ShowFree: "Free", event.ShowTentative: "Tentative", event.ShowBusy: "Busy", event.ShowOutOfOffice: "OOF", event.ShowElsewhere: "WorkingElsewhere",
	event.ShowUnset: "Busy",
}

func (h hands) fill(it *ewssim.Item, e event.Event, f event.FieldSet) {
	if f.Has(event.FieldSubject) {
		it.Subject = e.Subject
	}
	if f.Has(event.FieldWhen) {
		it.AllDay = e.When.AllDay
		loc, zone := h.loc, h.zone
		if !e.When.AllDay {
			loc, zone = e.When.Location(), windowsOf[e.When.Zone]
		}
		it.Start, it.End = e.When.Start.In(loc).UTC(), e.When.End.In(loc).UTC()
		it.StartZone, it.EndZone = zone, zone
	}
	if f.Has(event.FieldLocation) {
		it.Location = e.Location
	}
	if f.Has(event.FieldNotes) {
		it.Body = ewssim.Body{Text: strings.ReplaceAll(e.Notes, "\n", "\r\n")}
	}
	if f.Has(event.FieldPrivate) {
		it.Sensitivity = "Normal"
		if e.Private {
			it.Sensitivity = "Private"
		}
	}
	if f.Has(event.FieldShowAs) {
		it.FreeBusy = states[e.ShowAs]
	}
	if f.Has(event.FieldReminder) {
		it.ReminderSet, it.ReminderMinutes = e.Reminder.Set, e.Reminder.Minutes
	}
	if f.Has(event.FieldRecurrence) {
		h.fillSeries(it, e)
	}
}

func (h hands) Put(e event.Event) (event.ID, error) {
	var it ewssim.Item
	h.fill(&it, e, event.AllFields)
	s, err := h.r.Server.Put(anna, "", it)
	return event.ID(s.ID), err
}

func (h hands) Edit(id event.ID, e event.Event, f event.FieldSet) error {
	return h.r.Server.Edit(string(id), func(it *ewssim.Item) { h.fill(it, e, f) })
}

func (h hands) Remove(id event.ID) error { return h.r.Drop(string(id), false) }

func (h hands) see(s ewssim.Stored) event.Item {
	it := event.Item{Ref: event.Ref{ID: event.ID(s.ID), Version: event.Version(s.ChangeKey)}}
	it.Subject, it.Location, it.Private = s.Subject, s.Location, s.Sensitivity != "" && s.Sensitivity != "Normal"
	it.Notes = strings.ReplaceAll(s.Body.Text, "\r\n", "\n")
	if s.Body.HTML {
		it.Notes = plain(it.Notes)
	}
	for state, name := range states {
		if name == s.FreeBusy && state != event.ShowUnset {
			it.ShowAs = state
		}
	}
	if s.ReminderSet {
		it.Reminder = event.Reminder{Set: true, Minutes: s.ReminderMinutes}
	}
	for name, id := range windowsOf {
		if id != s.StartZone {
			continue
		}
		loc, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		start, end := s.Start.In(loc), s.End.In(loc)
		if s.AllDay {
			it.When = event.AllDay(event.DateOf(start), event.DateOf(end))
		} else {
			it.When = event.Span{Start: event.WallOf(start.UTC()), End: event.WallOf(end.UTC()), Zone: "UTC"}
		}
	}
	if s.Rule != nil {
		for name, id := range windowsOf {
			if id == s.StartZone {
				it.Event = h.seeSeries(s, it.Event, name)
				break
			}
		}
	}
	for _, a := range s.Attendees() {
		it.Attendees = append(it.Attendees, event.Attendee{Address: a.Address})
	}
	return it
}

// plain is what the body of a test's HTML says.
func plain(s string) string {
	if at := strings.Index(s, "<body>"); at >= 0 {
		s = strings.TrimSuffix(s[at+len("<body>"):], "</body></html>")
	}
	return strings.NewReplacer("<br>\n", "\n", "&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(s)
}

func (h hands) list(folder string) ([]event.Item, error) {
	all, err := h.r.Items(anna, folder)
	var out []event.Item
	for _, s := range all {
		if s.Elem == "CalendarItem" {
			out = append(out, h.see(s))
		}
	}
	return out, err
}

func (h hands) List() ([]event.Item, error) { return h.list("calendar") }

func (h hands) Trash() ([]event.Item, bool) {
	out, err := h.list("deleteditems")
	return out, err == nil
}

func (h hands) Mailed() int { return len(h.r.Mail()) }

func (h hands) FailNext(f endpointtest.Fault) bool {
	rule := faultscript.Rule{Times: 1, RetryAfter: 10 * time.Millisecond}
	switch f {
	case endpointtest.FailUnavailable:
		rule.Kind, rule.RetryAfter = faultscript.Unavailable, time.Second // the header has no less
	case endpointtest.FailThrottled:
		rule.Kind = faultscript.Throttle
	case endpointtest.ExpireCursor:
		rule.Kind, rule.Op = faultscript.ExpiredCursor, "SyncFolderItems"
	case endpointtest.LoseRequest, endpointtest.LoseAnswer:
		rule.Kind = faultscript.DropBefore
		if f == endpointtest.LoseAnswer {
			rule.Kind = faultscript.DropAfter
		}
		for _, op := range []string{"CreateItem", "UpdateItem", "DeleteItem", "MoveItem"} {
			if op == "DeleteItem" && h.r.movesOnly() {
				continue // refused, and then moved: the move is the write
			}
			rule.Op = op
			h.r.script.Add(rule)
		}
		return true
	case endpointtest.NoFault, endpointtest.CancelCall:
		return false
	default:
		return false
	}
	h.r.script.Add(rule)
	return true
}

func (r *rig) movesOnly() bool { return r.delegate }

func (h hands) PutOthers(e event.Event) (event.ID, error) {
	var it ewssim.Item
	h.fill(&it, e, event.AllFields)
	it.Organizer = ewssim.Person{Name: "Olaf", Address: olaf}
	it.UID = fmt.Sprintf("shared-%d", h.r.WriteTotal()+h.r.RequestTotal())
	it.Required = []ewssim.Attendee{{Person: ewssim.Person{Name: "Anna", Address: anna}}, {Person: ewssim.Person{Address: "eve@elsewhere.test"}}}
	it.State = 1
	if _, err := h.r.Server.Put(olaf, "", it); err != nil {
		return "", err
	}
	it.State, it.MyResponse = 3, "NoResponseReceived"
	s, err := h.r.Server.Put(anna, "", it)
	return event.ID(s.ID), err
}

func (h hands) Others(event.ID) bool {
	all, err := h.r.Items(olaf, "calendar")
	return err == nil && len(all) > 0
}

func (h hands) Copy(id event.ID) error {
	_, err := h.r.Server.Copy(string(id))
	return err
}

func (h hands) Garble(id event.ID) error {
	return h.r.BreakExt(string(id), ewssim.ExtKey{SetID: "b870f761-ce94-482a-a248-bc46d19aafb5", Name: "LockstepKey", Type: "String"})
}

var (
	_ endpointtest.Sharer  = hands{}
	_ endpointtest.Copier  = hands{}
	_ endpointtest.Garbler = hands{}
)

// suite runs the conformance suite against one kind of server.
func suite(t *testing.T, o rigOptions) {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	endpointtest.Run(t, endpointtest.Options{
		New: func(t testing.TB) (endpoint.Endpoint, endpointtest.Hands) {
			r := newRig(t, o)
			r.delegate = o.access == ews.AccessDelegate && !o.sim.Switches.DelegateMayTrash
			ep, ok := r.conn.Endpoint(anna, "Europe/Helsinki").(full)
			if !ok {
				t.Fatal("the endpoint lacks an ability")
			}
			t.Cleanup(func() {
				if mails := r.Mail(); slices.ContainsFunc(mails, func(m ewssim.Mail) bool { return true }) {
					t.Errorf("%d mails were sent", len(mails))
				}
			})
			return once{ep, r}, hands{r: r, loc: loc, zone: "FLE Standard Time"}
		},
		Again: func(t testing.TB, e endpoint.Endpoint) endpoint.Endpoint {
			r := e.(once).r
			client, err := ews.New(ews.Options{
				URL: r.url, Domain: "OFFICE", User: account, Password: secret, Access: o.access, Now: ticking(), Timeout: 30 * time.Second,
				Repeats: -1,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(client.Close)
			return exchange.New(client, o.ex).Endpoint(anna, "Europe/Helsinki")
		},
		Now: startOfTests,
	})
}
