package severa_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/endpoint/endpointtest"
	"lockstep/sync/event"
	"lockstep/sync/internal/faultscript"
	"lockstep/sync/severa"
	"lockstep/sync/severa/api"
	"lockstep/sync/severa/severasim"
)

const helsinki = "Europe/Helsinki"

// clock goes on by step at each look.
type clock struct {
	mu   sync.Mutex
	at   time.Time
	step time.Duration
}

func newClock(step time.Duration) *clock {
	return &clock{at: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), step: step}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(c.step)
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// office is a simulated organisation and a connection to it.
type office struct {
	testing.TB
	sim    *severasim.Server
	url    string
	clock  *clock
	conn   *severa.Connection
	client *api.Client
	// anna's calendar is the one under test.
	anna, boss, ben, cy string
	repeats             int
	refused             func()
}

// noticing calls a function after each answer 429.
type noticing struct {
	http.RoundTripper
	refused func()
}

func (n noticing) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := n.RoundTripper.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusTooManyRequests {
		n.refused()
	}
	return resp, err
}

type setup struct {
	sim   severasim.Options
	step  time.Duration
	local func() time.Time // our clock where it is not the server's
	users func(*severasim.Server)
	scope []string
	// repeats is how often what is refused for a moment is asked again; 0: never.
	repeats int
	// refused is called after each answer 429.
	refused func()
}

func newOffice(t testing.TB, s setup) *office {
	t.Helper()
	if s.step == 0 {
		s.step = 250 * time.Millisecond
	}
	o := &office{TB: t, clock: newClock(s.step)}
	s.sim.Now = o.clock.now
	s.sim.RatePerSecond = -1
	o.sim = severasim.New(s.sim)
	run, err := o.sim.Start("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Close() })
	o.url = run.URL
	add := func(first, mail, zone string) string {
		return o.sim.AddUser(severasim.User{FirstName: first, LastName: "Virta", Email: mail, Zone: zone})
	}
	o.anna = add("Anna", "Anna@office.test", helsinki)
	o.boss = add("Boss", "boss@office.test", helsinki)
	o.ben = add("Ben", "ben@office.test", "America/New_York")
	o.cy = add("Cy", "cy@office.test", helsinki)
	if s.users != nil {
		s.users(o.sim)
	}
	local := o.clock.now
	if s.local != nil {
		local = s.local
	}
	o.refused = s.refused
	o.repeats = s.repeats
	if o.repeats == 0 {
		o.repeats = -1
	}
	o.client = o.newClient(local, s.scope)
	o.conn = severa.New(o.client, severa.Options{Now: local, Zone: helsinki, Account: "office"})
	return o
}

// newClient never waits for the quota: its pacer's clock runs away.
func (o *office) newClient(now func() time.Time, scopes []string) *api.Client {
	o.Helper()
	opts := api.Options{
		BaseURL: o.url, ClientID: "lockstep", Secret: api.NewSecret("secret"), Now: now, Scopes: scopes,
		Pacer: api.NewPacer(newClock(time.Minute).now), Repeats: o.repeats,
	}
	if o.refused != nil {
		opts.Transport = noticing{http.DefaultTransport, o.refused}
	}
	c, err := api.New(opts)
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(c.Close)
	return c
}

func (o *office) endpoint(user string) endpoint.Endpoint {
	o.Helper()
	ep, err := o.conn.Endpoint(o.Context(), user)
	if err != nil {
		o.Fatalf("open calendar: %v", err)
	}
	return ep
}

// year is the window of most tests.
func year() event.Window {
	loc, _ := time.LoadLocation(helsinki)
	return event.Window{From: time.Date(2026, 1, 1, 0, 0, 0, 0, loc), To: time.Date(2027, 1, 1, 0, 0, 0, 0, loc)}
}

// put adds an activity of an owner's with participants.
func (o *office) put(owner, name string, day int, with ...string) string {
	o.Helper()
	start := time.Date(2026, 4, 1, 7, 0, 0, 0, time.UTC).AddDate(0, 0, day)
	a := severasim.Activity{
		Name: name, OwnerGUID: owner, TypeGUID: o.sim.TypeOf(severasim.CalendarEntry),
		HasDuration: true, Start: start, End: start.Add(time.Hour),
	}
	for _, w := range with {
		a.Participants = append(a.Participants, severasim.Participant{Who: w})
	}
	id, err := o.sim.AddActivity(a)
	if err != nil {
		o.Fatal(err)
	}
	return id
}

func (o *office) changes(ep endpoint.Endpoint, since endpoint.Cursor) endpoint.Delta {
	o.Helper()
	d, err := ep.Changes(o.Context(), since, year())
	if err != nil {
		o.Fatalf("changes: %v", err)
	}
	return d
}

func (o *office) get(ep endpoint.Endpoint, id string) endpoint.Got {
	o.Helper()
	got, err := ep.Get(o.Context(), []event.ID{event.ID(id)})
	if err != nil {
		o.Fatalf("get: %v", err)
	}
	return got[0]
}

func (o *office) item(ep endpoint.Endpoint, id string) event.Item {
	o.Helper()
	g := o.get(ep, id)
	if g.Item == nil {
		o.Fatalf("get %s: %v", id, g.Err)
	}
	return *g.Item
}

func find(d endpoint.Delta, id string) (endpoint.Change, bool) {
	for _, c := range d.Changes {
		if c.ID == event.ID(id) {
			return c, true
		}
	}
	return endpoint.Change{}, false
}

// limited is an endpoint without some fields. In Severa the kind of an entry
// says whether it is private, so that these two cannot be judged as independent.
type limited struct {
	endpoint.Endpoint
	fields event.FieldSet
	hands  *hands
}

func (l limited) Skew() time.Duration { return l.Endpoint.(endpoint.Clocked).Skew() }

func (l limited) Identity(ctx context.Context) (string, error) {
	return l.Endpoint.(endpoint.Identifier).Identity(ctx)
}

func (l limited) Capabilities() event.Capabilities {
	c := l.Endpoint.Capabilities()
	c.Fields &= l.fields
	return c
}

func (l limited) cut(it *event.Item) *event.Item {
	if it == nil {
		return nil
	}
	out := *it
	out.Event = event.Only(it.Event, l.fields)
	return &out
}

func (l limited) Normalize(e event.Event) event.Event {
	return event.Only(l.Endpoint.Normalize(event.Only(e, l.fields)), l.fields)
}

func (l limited) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	d, err := l.Endpoint.Changes(ctx, since, w)
	for i := range d.Changes {
		d.Changes[i].Item = l.cut(d.Changes[i].Item)
	}
	return d, err
}

func (l limited) Get(ctx context.Context, ids []event.ID) ([]endpoint.Got, error) {
	got, err := l.Endpoint.Get(ctx, ids)
	for i := range got {
		got[i].Item = l.cut(got[i].Item)
	}
	return got, err
}

func (l limited) Settle(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	op.Want, op.Fields = event.Only(op.Want, l.fields), op.Fields&l.fields
	out, err := l.Endpoint.Settle(ctx, op, sentAt)
	out.Item = l.cut(out.Item)
	for i := range out.Candidates {
		out.Candidates[i] = *l.cut(&out.Candidates[i])
	}
	for i := range out.Others {
		out.Others[i] = *l.cut(&out.Others[i])
	}
	return out, err
}

// Apply lets a fault that waits for a write meet the request of that write.
func (l limited) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	ops = slices.Clone(ops)
	for i := range ops {
		ops[i].Want, ops[i].Fields = event.Only(ops[i].Want, l.fields), ops[i].Fields&l.fields
	}
	defer l.hands.arm(ops)()
	out := l.Endpoint.Apply(ctx, ops)
	for i := range out {
		out[i].Item, out[i].Before = l.cut(out[i].Item), l.cut(out[i].Before)
	}
	return out
}

// hands are anna's, straight in the simulator.
type hands struct {
	*office
	sw     severasim.Switches
	fields event.FieldSet
	wait   endpointtest.Fault
	plain  string // the default type
	secret string // the type for private entries
}

func (h *hands) zone() *time.Location {
	name := helsinki
	if h.sw.MidnightOf == severasim.ZoneUTC {
		name = "UTC"
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		h.Fatal(err)
	}
	return loc
}

func (h *hands) fill(a *severasim.Activity, e event.Event, f event.FieldSet) {
	if f.Has(event.FieldSubject) {
		a.Name = e.Subject
	}
	if f.Has(event.FieldWhen) {
		start, end := e.When.Instants(h.zone())
		a.Start, a.End, a.AllDay, a.HasDuration = start, end, e.When.AllDay, true
	}
	if f.Has(event.FieldLocation) {
		a.Location = e.Location
	}
	if f.Has(event.FieldNotes) {
		a.Notes = e.Notes
	}
	if f.Has(event.FieldDone) {
		a.Closed = e.Done
	}
	if f.Has(event.FieldKind) && e.Kind.ID != "" {
		a.TypeGUID = e.Kind.ID
	} else if f.Has(event.FieldPrivate) && h.fields.Has(event.FieldPrivate) {
		a.TypeGUID = h.plain
		if e.Private {
			a.TypeGUID = h.secret
		}
	}
}

func (h *hands) make(owner string, e event.Event, with ...string) (event.ID, error) {
	a := severasim.Activity{OwnerGUID: owner, TypeGUID: h.plain}
	h.fill(&a, e, h.fields)
	for _, p := range e.Attendees {
		if u, ok := h.sim.UserByEmail(p.Address); ok {
			with = append(with, u.GUID)
		}
	}
	for _, w := range with {
		a.Participants = append(a.Participants, severasim.Participant{Who: w})
	}
	id, err := h.sim.AddActivity(a)
	return event.ID(id), err
}

func (h *hands) Put(e event.Event) (event.ID, error) { return h.make(h.anna, e) }

func (h *hands) PutOthers(e event.Event) (event.ID, error) { return h.make(h.boss, e, h.anna) }

func (h *hands) Others(id event.ID) bool {
	a, ok := h.sim.Activity(string(id))
	return ok && a.OwnerGUID == h.boss
}

func (h *hands) Edit(id event.ID, e event.Event, f event.FieldSet) error {
	if f.Has(event.FieldAttendees) {
		return errors.New("editing attendees is not needed")
	}
	return h.sim.EditActivity(string(id), func(a *severasim.Activity) { h.fill(a, e, f&h.fields) })
}

func (h *hands) Remove(id event.ID) error { return h.sim.RemoveActivity(string(id)) }

func (h *hands) List() ([]event.Item, error) {
	var out []event.Item
	for _, a := range h.sim.Activities() {
		if a.Parent != "" {
			continue // a part of its series
		}
		in := a.OwnerGUID == h.anna
		for _, p := range a.Participants {
			in = in || p.Who == h.anna
		}
		if in {
			out = append(out, h.seen(a))
		}
	}
	return out, nil
}

// seen is an activity as its owner sees it, read without the adapter's help.
func (h *hands) seen(a severasim.Activity) event.Item {
	s := event.Span{Start: event.WallOf(a.Start.UTC()), End: event.WallOf(a.End.UTC()), Zone: "UTC"}
	if a.AllDay {
		s = event.AllDay(event.DateOf(a.Start.In(h.zone())), event.DateOf(a.End.In(h.zone())))
	}
	it := event.Item{Ref: event.Ref{ID: event.ID(a.GUID)}, Event: event.Event{
		Subject: a.Name, When: s, Location: a.Location, Notes: a.Notes, Done: a.Closed,
		Private: a.TypeGUID == h.secret, Kind: event.Kind{ID: a.TypeGUID},
	}}
	for _, p := range a.Participants {
		if p.Who != h.anna && p.Who != a.OwnerGUID {
			it.Attendees = append(it.Attendees, event.Attendee{Address: strings.ToLower(p.Email)})
		}
	}
	slices.SortFunc(it.Attendees, func(a, b event.Attendee) int { return strings.Compare(a.Address, b.Address) })
	it.Event = event.Only(it.Event, h.fields)
	return it
}

func (h *hands) Trash() ([]event.Item, bool) { return nil, false }
func (h *hands) Mailed() int                 { return 0 }

func (h *hands) FailNext(f endpointtest.Fault) bool {
	switch f {
	case endpointtest.FailUnavailable:
		h.sim.SetFaults(faultscript.New(faultscript.Rule{Kind: faultscript.Unavailable, Times: 1}))
	case endpointtest.FailThrottled:
		h.sim.SetFaults(faultscript.New(faultscript.Rule{Kind: faultscript.Throttle, Times: 1}))
	case endpointtest.LoseRequest, endpointtest.LoseAnswer:
		h.wait = f
	case endpointtest.NoFault, endpointtest.ExpireCursor, endpointtest.CancelCall:
		return false
	}
	return true
}

// arm sets the fault that waits for a write, and returns what ends it.
func (h *hands) arm(ops []endpoint.Op) func() {
	if h.wait == endpointtest.NoFault || len(ops) == 0 {
		return func() {}
	}
	kind := faultscript.DropBefore
	if h.wait == endpointtest.LoseAnswer {
		kind = faultscript.DropAfter
	}
	h.wait = endpointtest.NoFault
	verb := map[endpoint.OpKind]string{
		endpoint.Create: "POST *", endpoint.Update: "PATCH *", endpoint.Delete: "DELETE *", endpoint.Leave: "DELETE *",
	}[ops[0].Kind]
	h.sim.SetFaults(faultscript.New(faultscript.Rule{Op: verb, Kind: kind, Times: 1}))
	return func() { h.sim.SetFaults(nil) }
}
