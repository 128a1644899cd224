package severa

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// Options of a Connection. Now is required.
type Options struct {
	Now func() time.Time
	Log *slog.Logger // nil: none
	// Zone is the IANA zone of people for whom Severa names none; empty: UTC.
	Zone string
	// Account names the connection in Identity; empty: the server's host.
	Account string
}

// Connection is one organisation in Severa, shared by all people of the
// office. It is safe for concurrent use.
type Connection struct {
	client *api.Client
	now    func() time.Time
	log    *slog.Logger
	zone   string
	name   string
	run    string // tells the enumerations of this process from those of others

	writes gate // one write, with the reading before it, at a time
	office gate // held while people, types and zones are read
	feed   feed
	roster roster
	graves graves

	// since is before which moment of our clock (Unix nanoseconds) nothing that
	// is shown may have been read.
	since atomic.Int64

	people atomic.Pointer[directory]
	skew   atomic.Int64 // time.Duration
	enums  atomic.Int64
	// days is the zone whose midnights the service was seen to mean; nil: the owner's.
	days atomic.Pointer[time.Location]
	// repeats is on whose clocks series were seen to repeat (clocks), weeks on
	// which day their weeks begin (weeks); fixed: single occurrences cannot be changed.
	repeats atomic.Int32
	weeks   atomic.Int32
	fixed   atomic.Bool

	mu     sync.Mutex
	types  []Type
	org    string // the organisation's zone; empty: unknown
	own    map[string]string
	loaded time.Time
	known  map[string]membership
	quiet  map[string]change
	// places, details and missed are what is known of series.
	places  map[string]place
	details map[string]detail
	missed  map[string]bool
	trails  map[event.ID]trail
	// equipped are the resources by activity, things their names.
	equipped map[string]equipment
	things   map[string]string
}

// New returns a connection over client. It asks the server nothing.
func New(client *api.Client, o Options) *Connection {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	if o.Account == "" {
		o.Account = client.String()
	}
	var run [6]byte
	_, _ = rand.Read(run[:]) // documented never to fail
	return &Connection{
		client: client, now: o.Now, log: o.Log, zone: firstZone(o.Zone, "UTC"), name: o.Account,
		run:    hex.EncodeToString(run[:]),
		writes: newGate(), office: newGate(), feed: newFeed(), roster: newRoster(),
		known: map[string]membership{}, quiet: map[string]change{},
		places: map[string]place{}, details: map[string]detail{}, missed: map[string]bool{}, trails: map[event.ID]trail{},
		equipped: map[string]equipment{}, things: map[string]string{},
	}
}

// Refresh lets nobody be shown any more what was read before a moment.
func (c *Connection) Refresh(since time.Time) {
	for {
		was := c.since.Load()
		if since.UnixNano() <= was || c.since.CompareAndSwap(was, since.UnixNano()) {
			return
		}
	}
}

// old tells whether what was read at a moment may not be shown any more.
func (c *Connection) old(at time.Time) bool { return at.UnixNano() < c.since.Load() }

// gate is a lock whose waiters give up when their context ends.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

func (g gate) enter(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }

// stopped is the error of a call that waited in vain.
func stopped(op string, err error) *endpoint.Error {
	return &endpoint.Error{Op: op, Side: event.Business, Scope: endpoint.ScopeCalendar, Kind: endpoint.Unavailable, Err: err}
}

// Directory lists the users, for pairing them by address.
func (c *Connection) Directory(ctx context.Context) ([]User, error) {
	if err := c.loadOffice(ctx, true); err != nil {
		return nil, err
	}
	return append([]User(nil), c.people.Load().users...), nil
}

// Types lists the organisation's activity types.
func (c *Connection) Types(ctx context.Context) ([]Type, error) {
	if err := c.loadOffice(ctx, true); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Type(nil), c.types...), nil
}

// noActivity is an id that no activity has.
const noActivity = "00000000-0000-4000-8000-000000000000"

// Check signs in and tries every permission that two-way sync needs. Nothing is
// written: what it deletes and changes is an activity that does not exist.
func (c *Connection) Check(ctx context.Context) error {
	const op = "check severa connection"
	if err := c.client.Authorized(ctx); err != nil {
		return failed(op, "", err)
	}
	if err := c.loadOffice(ctx, true); err != nil {
		return err
	}
	for _, err := range c.client.Activities(ctx, api.ActivityQuery{
		Start: c.now(), End: c.now().Add(time.Hour), RecurrenceType: api.RecurrenceNone, RowCount: 1,
	}) {
		if err != nil {
			return failed(op, "", err)
		}
		break
	}
	_, patched := c.client.PatchActivity(ctx, noActivity, []api.PatchOp{api.Replace("/name", "-")})
	for _, err := range []error{patched, c.client.DeleteActivity(ctx, noActivity)} {
		if e, ok := errors.AsType[*api.Error](err); ok && e.Class != api.NotFound && e.Class != api.Invalid {
			return failed(op, "", err)
		}
	}
	return nil
}

// Endpoint is the calendar of one user, or of a resource (see ResourceAccount).
// Each call returns one of its own. An unknown or inactive user is NotFound for his calendar.
func (c *Connection) Endpoint(ctx context.Context, id string) (endpoint.Endpoint, error) {
	if err := c.loadOffice(ctx, false); err != nil {
		return nil, err
	}
	if thing, ok := strings.CutPrefix(id, resourceMark); ok {
		return c.resource(thing), nil
	}
	id = userID(id)
	if _, e := c.user("open severa calendar", id); e != nil {
		if err := c.loadOffice(ctx, true); err != nil { // he may be new
			return nil, err
		}
	}
	u, e := c.user("open severa calendar", id)
	if e != nil {
		return nil, e
	}
	c.mu.Lock()
	k := newKinds(c.types, c.own[id])
	c.mu.Unlock()
	return &calendar{Connection: c, self: id, zone: u.Zone, kinds: k, fields: fieldsOf(k)}, nil
}

// fieldsOf are what an activity holds in an organisation with these types.
func fieldsOf(k kinds) event.FieldSet {
	fields := event.FieldSubject | event.FieldWhen | event.FieldLocation | event.FieldNotes |
		event.FieldKind | event.FieldDone | event.FieldAttendees | event.FieldRecurrence
	if k.hasPersonal() {
		fields |= event.FieldPrivate
	}
	return fields
}

// user finds an active user.
func (c *Connection) user(op, id string) (User, *endpoint.Error) {
	u, ok := c.people.Load().byID[id]
	switch {
	case !ok:
		return u, fault(op, "", endpoint.ScopeCalendar, endpoint.NotFound, CodeUserUnknown)
	case !u.Active:
		return u, fault(op, "", endpoint.ScopeCalendar, endpoint.NotFound, CodeUserInactive)
	}
	return u, nil
}

// officeFresh is how long people, types and zones are good for.
const officeFresh = 15 * time.Minute

// loadOffice reads people, types and zones where that is due.
func (c *Connection) loadOffice(ctx context.Context, now bool) error {
	const op = "read severa office"
	if err := c.office.enter(ctx); err != nil {
		return stopped(op, err)
	}
	defer c.office.leave()
	c.mu.Lock()
	loaded := c.loaded
	c.mu.Unlock()
	if age := c.now().Sub(loaded); !now && !loaded.IsZero() && age >= 0 && age < officeFresh {
		return nil
	}
	org, err := c.organisationZone(ctx)
	if err != nil {
		return failed(op, "", err)
	}
	rows, err := listed(c, c.client.ActivityTypes(ctx, api.ActivityTypeQuery{}))
	if err != nil {
		return failed(op, "", err)
	}
	users, err := listed(c, c.client.Users(ctx, api.UserQuery{}))
	if err != nil {
		return failed(op, "", err)
	}
	zones, err := c.zoneNames(ctx, users)
	if err != nil {
		return failed(op, "", err)
	}
	types := make([]Type, len(rows))
	for i, t := range rows {
		types[i] = Type{ID: t.GUID, Name: t.Name, Group: groupOf(t.Category), Default: t.IsDefault, Active: t.IsActive}
	}
	people, own := make([]User, len(users)), map[string]string{}
	for i, u := range users {
		people[i] = userOf(u, zones, firstZone(org, c.zone))
		if u.DefaultActivityType != nil {
			own[people[i].ID] = u.DefaultActivityType.GUID
		}
	}
	c.people.Store(newDirectory(people))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.types, c.own, c.org, c.loaded = types, own, org, c.now()
	return nil
}

// organisationZone is empty where the credentials may not read it: the
// permission is not among those that a sync needs.
func (c *Connection) organisationZone(ctx context.Context) (string, error) {
	o, err := c.client.OrganizationDetails(ctx)
	if e, ok := errors.AsType[*api.Error](err); ok {
		switch e.Class {
		case api.ScopeMissing, api.Forbidden, api.NotFound, api.Invalid, api.Protocol:
			return "", nil
		case api.Unavailable, api.Throttled, api.OutcomeUnknown, api.Auth, api.Certificate, api.HostUnknown:
			return "", err
		}
	}
	if err != nil || o.TimeZone == nil {
		return "", err
	}
	if o.TimeZone.IANAName == "" && o.TimeZone.GUID != "" {
		names, err := c.zonesByID(ctx)
		return names[o.TimeZone.GUID], err
	}
	return o.TimeZone.IANAName, nil
}

// zoneNames reads the service's list of zones where a user's is named by id alone.
func (c *Connection) zoneNames(ctx context.Context, users []api.User) (map[string]string, error) {
	for _, u := range users {
		if u.TimeZone != nil && u.TimeZone.IANAName == "" && u.TimeZone.GUID != "" {
			return c.zonesByID(ctx)
		}
	}
	return nil, nil
}

func (c *Connection) zonesByID(ctx context.Context) (map[string]string, error) {
	zones, err := listed(c, c.client.TimeZones(ctx))
	out := map[string]string{}
	for _, z := range zones {
		out[z.GUID] = z.IANAName
	}
	return out, err
}

// listed gathers a list of the office's own settings. A row that cannot be read
// is left out and noted.
func listed[T any](c *Connection, pages iter.Seq2[api.Page[T], error]) ([]T, error) {
	rows, problems, err := api.All(timed(c, pages))
	for _, p := range problems {
		c.log.Warn("unreadable row", slog.String("id", p.GUID), slog.Any("err", p.Err))
	}
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	return rows, nil
}

// maxNoise is how far apart two clocks seem that agree: the Date header counts
// whole seconds, and an answer takes its time.
const maxNoise = 2 * time.Second

// clockOn measures the server's clock on an answer.
func (c *Connection) clockOn(server time.Time) {
	if server.IsZero() {
		return
	}
	skew := server.Sub(c.now())
	if skew.Abs() <= maxNoise {
		skew = 0
	}
	if (skew-c.Skew()).Abs() > maxNoise || skew == 0 {
		c.skew.Store(int64(skew))
	}
}

// Answered is how long the last answer took. Severa is one product.
func (c *Connection) Answered() (took time.Duration, product string) { return c.client.Took(), "" }

// Skew is how far the server's clock is ahead of ours.
func (c *Connection) Skew() time.Duration { return time.Duration(c.skew.Load()) }
