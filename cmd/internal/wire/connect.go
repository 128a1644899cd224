package wire

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"sync"
	"time"

	"lockstep/store/secret"
	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/severa"
	"lockstep/sync/severa/api"
	"lockstep/sync/state"
)

// settingError is a connection that cannot be opened as it is set up.
type settingError struct{ err error }

// Error is what is wrong.
func (e *settingError) Error() string { return e.err.Error() }

// Unwrap gives the cause.
func (e *settingError) Unwrap() error { return e.err }

// Detail is what is wrong, for the person who can change it.
func (e *settingError) Detail() string { return e.err.Error() }

var _ localapi.Detailed = (*settingError)(nil)

// misset is the trouble of a connection that cannot be opened as it is set up.
func misset(side event.Side, err error) error {
	return &endpoint.Error{
		Op: "open connection", Side: side, Scope: endpoint.ScopeAccount, Kind: endpoint.Invalid,
		Code: localapi.CodeSetting, Err: &settingError{err},
	}
}

// systems are the two connections of an office. They are opened when they are
// first needed and shared by all people.
type systems struct {
	site   *Site
	pacing sync.Mutex
	pacer  *api.Pacer

	mu       sync.Mutex
	made     [2]state.Connection // what the open ones were made of
	zone     string
	network  state.Network
	severa   *severa.Connection
	exchange *exchangeSide
	closers  []func()
}

// connect makes the two endpoints of a person: it is an office.Connect.
func (y *systems) connect(ctx context.Context, s state.Settings, p state.Person) ([2]endpoint.Endpoint, error) {
	var out [2]endpoint.Endpoint
	sev, exc, err := y.open(ctx, s)
	if err != nil {
		return out, err
	}
	if p.Accounts[event.Business] == "" {
		return out, unknownPerson(event.Business)
	}
	if p.Accounts[event.Exchange] == "" {
		return out, unknownPerson(event.Exchange)
	}
	if out[event.Business], err = sev.Endpoint(ctx, p.Accounts[event.Business]); err != nil {
		return out, fmt.Errorf("open severa calendar: %w", err)
	}
	out[event.Exchange] = exc.endpoint(p)
	return out, nil
}

func unknownPerson(s event.Side) error {
	return &endpoint.Error{
		Op: "find person", Side: s, Scope: endpoint.ScopeCalendar, Kind: endpoint.NotFound, Code: localapi.CodePersonUnknown,
	}
}

// open gives the connections of these settings, the open ones if they are the same.
func (y *systems) open(ctx context.Context, s state.Settings) (*severa.Connection, *exchangeSide, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.severa != nil && y.exchange != nil && y.made == s.Connections && y.zone == s.Zone && reflect.DeepEqual(y.network, s.Network) {
		return y.severa, y.exchange, nil
	}
	y.close()
	sev, err := y.openSevera(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	exc, err := y.openExchange(ctx, s)
	if err != nil {
		y.close()
		return nil, nil, err
	}
	y.severa, y.exchange, y.made, y.zone, y.network = sev, exc, s.Connections, s.Zone, s.Network
	return sev, exc, nil
}

// forget closes what is open; the next call opens it anew.
func (y *systems) forget() {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.close()
}

// rest ends connections that nothing goes over; the next call makes new ones.
func (y *systems) rest() {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, c := range y.closers {
		c()
	}
}

// settle lets go of what was read for one run.
func (y *systems) settle() {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.severa != nil {
		y.severa.Rest()
	}
}

func (y *systems) close() {
	for _, c := range y.closers {
		c()
	}
	y.severa, y.exchange, y.closers = nil, nil, nil
}

// secret reads what a connection signs in with, and the guard that counts its refusals.
func (y *systems) secret(ctx context.Context, side event.Side, name, account string) (secret.Secret, *guard, error) {
	v, err := y.site.Ring.Get(ctx, name)
	if errors.Is(err, secret.ErrNotFound) || err == nil && v.IsEmpty() {
		return v, nil, secretMissing(side)
	}
	if err != nil {
		return v, nil, fmt.Errorf("read the secret of %s: %w", name, err)
	}
	return v, y.guard(name, account, v.Fingerprint()), nil
}

func (y *systems) guard(name, account, fingerprint string) *guard {
	return &guard{book: y.site.Store, account: name + ":" + account, secret: fingerprint, now: y.site.now}
}

func secretMissing(side event.Side) error {
	return &endpoint.Error{
		Op: "sign in", Side: side, Scope: endpoint.ScopeAccount, Kind: endpoint.Auth, Code: localapi.CodeSecretMissing,
	}
}

func (y *systems) openSevera(ctx context.Context, s state.Settings) (*severa.Connection, error) {
	c := s.Connections[event.Business]
	text, g, err := y.secret(ctx, event.Business, SecretSevera, severaAccount(c))
	if err != nil {
		return nil, err
	}
	client, err := y.severaClient(ctx, api.Options{Secret: api.NewSecret(text.Reveal()), Guard: g}, s)
	if err != nil {
		return nil, err
	}
	y.closers = append(y.closers, client.Close)
	return y.severaSide(client, c, s.Zone), nil
}

func (y *systems) severaSide(client *api.Client, c state.Connection, zone string) *severa.Connection {
	return severa.New(client, severa.Options{Now: y.site.now, Log: y.site.Log, Zone: zone, Account: c.Account})
}

func severaAccount(c state.Connection) string { return c.Account + "@" + hostOf(c.URL) }

// severaClient is a client with the given options and those of a connection.
func (y *systems) severaClient(ctx context.Context, o api.Options, s state.Settings) (*api.Client, error) {
	c := s.Connections[event.Business]
	ca, err := readCA(c.CAFile)
	if err != nil {
		return nil, misset(event.Business, err)
	}
	o.BaseURL, o.ClientID, o.CAPEM, o.PinSHA256 = c.URL, c.Account, ca, c.PinSHA256
	way := y.route(ctx, s.Network)
	o.Now, o.Log, o.Pacer, o.Proxy, o.Dial = y.site.now, y.site.Log, y.quota(), way.proxy, way.dial
	client, err := api.New(o)
	if err != nil {
		return nil, misset(event.Business, err)
	}
	return client, nil
}

// quota is what keeps all clients of this process within Severa's quota. It
// outlives a change of settings.
func (y *systems) quota() *api.Pacer {
	y.pacing.Lock()
	defer y.pacing.Unlock()
	if y.pacer == nil {
		y.pacer = api.NewPacer(y.site.now)
		// The process before this one may have used the quota of this moment up.
		y.pacer.PauseFor(usedUp(y.site.now(), y.site.left))
	}
	return y.pacer
}

// usedUp is how long the quota may still be used up by a process that let go
// of the home at a moment. A moment in the future was told by a wrong clock,
// and is no reason to wait until it comes.
func usedUp(now, left time.Time) time.Duration {
	return min(api.PacerWindow, max(0, api.PacerWindow-now.Sub(left)))
}

func readCA(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	return text, nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
