package wire

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/localapi"
	"lockstep/sync/network"
	"lockstep/sync/plan"
	"lockstep/sync/severa"
	"lockstep/sync/severa/api"
	"lockstep/sync/state"
)

// examination is one examination's own connections: it shares nothing with the
// office at work but the count of refused sign-ins and Severa's quota.
type examination struct {
	site     *Site
	settings state.Settings

	trips [2]*network.Trip
	sight ews.Sight

	exchange *exchange.Examination
	skew     func() (time.Duration, bool)
	severa   *severa.Connection
	closers  []func()
	outside  []state.Person // who must be refused
	others   []string       // mailboxes to try in the place of one that is refused
}

func newExamination(ctx context.Context, s *Site, settings state.Settings) *examination {
	x := &examination{site: s, settings: settings}
	for _, side := range event.Sides() {
		x.trips[side] = s.systems.trip(ctx, side, settings)
	}
	return x
}

// close lets go of everything, and removes what was written for a test.
func (x *examination) close(ctx context.Context) {
	if x.exchange != nil {
		x.exchange.Close(ctx)
	}
	for _, c := range x.closers {
		c()
	}
	for _, t := range x.trips {
		t.Close()
	}
}

// everybody names the people, so that one can be tried in the place of another.
func (x *examination) everybody(people []state.Person) {
	for _, p := range people {
		x.others = append(x.others, mailboxOf(p))
	}
	if all, err := x.site.Store.People(context.Background()); err == nil {
		for _, p := range all {
			if a := mailboxOf(p); p.Enabled && !slices.Contains(x.others, a) {
				x.others = append(x.others, a)
			}
		}
	}
}

func mailboxOf(p state.Person) string {
	if a := p.Accounts[event.Exchange]; a != "" {
		return a
	}
	return p.Addresses[event.Exchange]
}

// office are the checks that are made once, before those of people.
func (x *examination) office() []doctor.Probe {
	out := []doctor.Probe{
		{Check: doctor.CheckPC, Run: func(context.Context) doctor.Result { return x.pc() }},
		{Check: doctor.CheckService, Side: event.Exchange.String(), Run: x.service},
		{Check: doctor.CheckAuth, Side: event.Exchange.String(), Run: x.auth},
		{Check: doctor.CheckSignIn, Side: event.Exchange.String(), Run: x.signIn},
		{Check: doctor.CheckBusiness, Side: event.Business.String(), Run: x.business},
	}
	for _, side := range []event.Side{event.Exchange, event.Business} {
		trip := x.trips[side]
		out = append(out,
			doctor.Probe{Check: doctor.CheckReach, Side: side.String(), Run: trip.Reach},
			doctor.Probe{Check: doctor.CheckProxy, Side: side.String(), Run: trip.Through},
			doctor.Probe{Check: doctor.CheckTLS, Side: side.String(), Run: trip.Secure},
		)
	}
	return out
}

// afterwards are those that tell of what the others have seen.
func (x *examination) afterwards(people []state.Person, officeOnly bool) []doctor.Probe {
	out := []doctor.Probe{
		{Check: doctor.CheckThrottle, Side: event.Exchange.String(), Run: func(ctx context.Context) doctor.Result { return x.exchange.Throttle(ctx) }},
		{Check: doctor.CheckClocks, Run: func(context.Context) doctor.Result { return x.clocks() }},
		{Check: doctor.CheckStore, Run: x.store},
		{Check: doctor.CheckDesktop, Run: func(context.Context) doctor.Result { return x.desktop() }},
		{Check: doctor.CheckRetirement, Run: func(context.Context) doctor.Result { return x.retirement() }},
	}
	if len(people) == 0 && !officeOnly && x.severa != nil {
		out = append(out, doctor.Probe{Check: doctor.CheckMatch, Run: func(context.Context) doctor.Result { return doctor.Fail(doctor.CauseNobody) }})
	}
	return out
}

// person are the checks of one person.
func (x *examination) person(p state.Person) []doctor.Probe {
	box, zone := mailboxOf(p), p.Zone
	if zone == "" {
		zone = x.settings.Zone
	}
	readOnly := x.directionOf(p) == plan.Collect
	probe := func(c doctor.Check, run func(context.Context) doctor.Result) doctor.Probe {
		return doctor.Probe{Check: c, Side: event.Exchange.String(), Run: run}
	}
	if slices.ContainsFunc(x.outside, func(q state.Person) bool { return q.ID == p.ID }) {
		return []doctor.Probe{probe(doctor.CheckImpersonation, func(ctx context.Context) doctor.Result { return x.exchange.Outside(ctx, box) })}
	}
	return []doctor.Probe{
		probe(doctor.CheckImpersonation, func(ctx context.Context) doctor.Result { return x.exchange.Impersonation(ctx, box, x.others) }),
		probe(doctor.CheckMailbox, func(ctx context.Context) doctor.Result { return x.exchange.Mailbox(ctx, box) }),
		probe(doctor.CheckCalendar, func(ctx context.Context) doctor.Result { return x.exchange.Calendar(ctx, box, readOnly) }),
		probe(doctor.CheckProperty, func(ctx context.Context) doctor.Result { return x.exchange.Property(ctx, box) }),
		probe(doctor.CheckNotify, func(ctx context.Context) doctor.Result { return x.exchange.Notify(ctx, box) }),
		probe(doctor.CheckZones, func(ctx context.Context) doctor.Result { return x.exchange.Zones(ctx, box, zone) }),
		probe(doctor.CheckOthers, func(ctx context.Context) doctor.Result { return x.exchange.Others(ctx, box, x.settings.Office) }),
		{Check: doctor.CheckMatch, Side: event.Business.String(), Run: func(ctx context.Context) doctor.Result { return x.match(ctx, p) }},
	}
}

// directionOf is which way a person's entries go.
func (x *examination) directionOf(p state.Person) plan.Direction {
	if p.Own.HasDirection {
		return p.Own.Direction
	}
	return x.settings.Rules.Direction
}

// service looks at what answers, without a password.
func (x *examination) service(ctx context.Context) doctor.Result {
	o, err := x.site.systems.exchangeOptions(ctx, x.settings)
	if err != nil {
		return setting(err)
	}
	o.Timeout = doctorPatience
	x.sight, err = ews.Look(ctx, o)
	if err == nil && x.sight.Dated {
		x.skew = func() (time.Duration, bool) { return x.sight.Skew, true }
	}
	return exchange.LookService(x.sight, err)
}

// doctorPatience is how long one call of an examination may take.
const doctorPatience = 30 * time.Second

func (x *examination) auth(ctx context.Context) doctor.Result {
	o, err := x.site.systems.exchangeOptions(ctx, x.settings)
	if err != nil {
		return setting(err)
	}
	u, err := url.Parse(o.URL)
	return exchange.LookAuth(x.sight, o.Auth, err == nil && u.Scheme == "https")
}

// setting is a connection that cannot be opened as it is set up.
func setting(err error) doctor.Result {
	if d, ok := errors.AsType[localapi.Detailed](err); ok {
		return doctor.Fail(doctor.CauseSetting).With("detail", d.Detail())
	}
	return doctor.Fail(doctor.CauseSetting).With("detail", "it cannot be opened")
}

// unsigned is why nobody can sign in before anything is sent; false: he can try.
func unsigned(ctx context.Context, err error, g *guard) (doctor.Result, bool) {
	if e, ok := errors.AsType[*endpoint.Error](err); ok && e.Code == localapi.CodeSecretMissing {
		return doctor.Fail(doctor.CauseNoSecret), true
	}
	if err != nil {
		return setting(err), true
	}
	if g != nil {
		if err := g.Allow(ctx); errors.Is(err, ErrSignInStopped) {
			return doctor.Fail(doctor.CauseSignInStopped), true
		}
	}
	return doctor.Result{}, false
}

// signIn opens the examination's own connection and signs in with it.
func (x *examination) signIn(ctx context.Context) doctor.Result {
	c := x.settings.Connections[event.Exchange]
	text, g, err := x.site.systems.secret(ctx, event.Exchange, SecretExchange, exchangeAccount(c))
	if r, no := unsigned(ctx, err, g); no {
		return r
	}
	o, err := x.site.systems.exchangeOptions(ctx, x.settings)
	if err != nil {
		return setting(err)
	}
	o.Password, o.Guard = ews.Password(text.Reveal()), g
	// At most two calls at a time, none repeated: what the server says is what is to be told.
	o.Lanes, o.Timeout, o.MaxWait, o.Repeats = 2, doctorPatience, time.Second, -1
	client, err := ews.New(o)
	if err != nil {
		return setting(misset(event.Exchange, err))
	}
	x.closers = append(x.closers, client.Close)
	conn := exchange.New(client, exchange.Options{Office: x.settings.Office, Account: signIn(c), Zone: x.settings.Zone, Log: x.site.Log})
	x.exchange, x.skew = conn.Examine(o.Access), client.ClockSkew
	if o.Access == ews.AccessDelegate {
		o.Access = ews.AccessPrimary
	} else {
		o.Access = ews.AccessDelegate
	}
	if other, err := ews.New(o); err == nil {
		x.closers = append(x.closers, other.Close)
		x.exchange.Instead(other)
	}
	return x.exchange.SignIn(ctx)
}

// business signs in to the business system and tries its rights.
func (x *examination) business(ctx context.Context) doctor.Result {
	y, c := &x.site.systems, x.settings.Connections[event.Business]
	text, g, err := y.secret(ctx, event.Business, SecretSevera, severaAccount(c))
	if r, no := unsigned(ctx, err, g); no {
		return r
	}
	client, err := y.severaClient(ctx, api.Options{Secret: api.NewSecret(text.Reveal()), Guard: g, Repeats: -1}, x.settings)
	if err != nil {
		return setting(err)
	}
	x.closers = append(x.closers, client.Close)
	conn := y.severaSide(client, c, x.settings.Zone)
	ctx, cancel := context.WithTimeout(ctx, 2*doctorPatience)
	defer cancel()
	r := conn.Examine(ctx, x.settings.Rules.Types)
	if r.State != doctor.Failed || r.Cause == doctor.CauseNoTypes || r.Cause == doctor.CauseTypeGone || r.Cause == doctor.CauseTypeForbidden {
		x.severa = conn
	}
	return r
}

// match says whether the business system knows a person.
func (x *examination) match(ctx context.Context, p state.Person) doctor.Result {
	if x.severa == nil {
		return doctor.Skip(doctor.CauseNeeds).With("needs", string(doctor.CheckBusiness))
	}
	if p.Resource != "" {
		return doctor.Pass().With("resource", p.Resource) // Severa lists none, so there is nothing to look it up in
	}
	users, err := x.severa.Directory(ctx)
	if err != nil {
		return doctor.Skip(doctor.CauseNeeds).With("needs", string(doctor.CheckBusiness))
	}
	address := p.Addresses[event.Business]
	r := severa.Match(knownAs(users, x.settings.Aliases), address)
	if r.Cause == doctor.CauseNotInBusiness {
		if found := severa.Match(knownAs(users, x.settings.Aliases), p.Addresses[event.Exchange]); found.State == doctor.Passed {
			return r.With("found_under", p.Addresses[event.Exchange])
		}
	}
	if x.directionOf(p) == plan.Publish || r.State != doctor.Passed {
		return r // nothing is made in the business system
	}
	at := slices.IndexFunc(knownAs(users, x.settings.Aliases), func(u severa.User) bool { return u.Active && strings.EqualFold(u.Address, address) })
	return x.severa.MayOwn(ctx, r, users[at].Address)
}
