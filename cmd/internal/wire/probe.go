package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lockstep/store/secret"
	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/localapi"
	"lockstep/sync/severa/api"
	"lockstep/sync/state"
)

// probeFor bounds a test of a connection: somebody waits before it.
const probeFor = 45 * time.Second

// TestConnection signs in as a draft says. It counts with everything else that
// signs in: a secret that was refused twice is not tried a third time.
func (x setter) TestConnection(ctx context.Context, q localapi.TestRequest) (localapi.TestResult, error) {
	side, ok := map[string]event.Side{SecretExchange: event.Exchange, SecretSevera: event.Business}[q.System]
	if !ok {
		return localapi.TestResult{}, &localapi.Error{
			Code: localapi.CodeUsage, Message: "the system is one of " + SecretExchange + " and " + SecretSevera,
		}
	}
	settings, _, wrong := x.read(q.Draft)
	e := &localapi.Error{Code: localapi.CodeField, Message: "the settings are not right"}
	for _, p := range wrong {
		if strings.HasPrefix(p.Key, q.System+".") {
			e.Fields = append(e.Fields, p)
		}
	}
	if len(e.Fields) > 0 {
		return localapi.TestResult{}, e
	}
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	c := settings.Connections[side]
	out := localapi.TestResult{Certificate: x.certificate(ctx, side, settings)}
	key, err := x.key(ctx, q, c)
	if err != nil {
		return out, err
	}
	if key.text == "" {
		out.Trouble = localapi.TroubleOf(secretMissing(side))
		return out, nil
	}
	began := x.site.now()
	if side == event.Exchange {
		err = x.tryExchange(ctx, settings, key, q.Mailbox, &out)
	} else {
		err = x.trySevera(ctx, settings, key, &out)
	}
	out.Milliseconds = x.site.now().Sub(began).Milliseconds()
	out.OK, out.Trouble = err == nil, localapi.TroubleOf(err)
	if endpoint.Is(err, endpoint.Auth) {
		out.Tries = key.guard.left(ctx)
	}
	x.site.trials.keep(side, c, x.site.now(), out)
	return out, nil
}

// key is what a test signs in with.
type key struct {
	text  string
	guard *guard
}

// key is the secret of a request, or the one that is kept.
func (x setter) key(ctx context.Context, q localapi.TestRequest, c state.Connection) (key, error) {
	account := severaAccount(c)
	if q.System == SecretExchange {
		account = exchangeAccount(c)
	}
	if q.Secret == "" {
		kept, err := x.site.Ring.Get(ctx, q.System)
		if errors.Is(err, secret.ErrNotFound) {
			return key{}, nil
		}
		if err != nil {
			return key{}, fmt.Errorf("read the secret of %s: %w", q.System, err)
		}
		return key{kept.Reveal(), x.site.systems.guard(q.System, account, kept.Fingerprint())}, nil
	}
	ring, ok := x.site.Ring.(secret.Fingerprinter)
	if !ok {
		return key{}, errors.New("this keyring cannot tell secrets apart; save the secret, and test the connection then")
	}
	print, err := ring.Fingerprint(ctx, q.System, string(q.Secret))
	if err != nil {
		return key{}, fmt.Errorf("compare the secret of %s: %w", q.System, err)
	}
	g := x.site.systems.guard(q.System, account, print)
	if err := g.again(ctx); err != nil {
		return key{}, fmt.Errorf("forget refused sign-ins: %w", err)
	}
	return key{string(q.Secret), g}, nil
}

// tryExchange asks the directory about a mailbox, which every account may, and
// then acts for it.
func (x setter) tryExchange(ctx context.Context, s state.Settings, k key, mailbox string, out *localapi.TestResult) error {
	c := s.Connections[event.Exchange]
	client, err := x.site.systems.exchangeClient(ctx, s, ews.Password(k.text), k.guard)
	if err != nil {
		return err
	}
	defer client.Close()
	conn := exchange.New(client, exchange.Options{Account: signIn(c), Log: x.site.Log})
	who := plainAddress(mailbox)
	found, err := conn.Lookup(ctx, cmp.Or(who, "lockstep@"+hostOf(c.URL)))
	unknown := endpoint.Is(err, endpoint.NotFound)
	if err != nil && !unknown {
		return err
	}
	server := client.Mailbox("").Server()
	if server != (ews.Server{}) {
		out.Version, out.Generation = fmt.Sprintf("%d.%d.%d", server.Major, server.Minor, server.Build), generation(server)
	}
	if who == "" {
		return nil
	}
	out.Mailbox = &localapi.MailboxProbe{Address: who}
	if err == nil {
		out.Mailbox.Address = found.Address
		err = conn.Check(ctx, found.Address)
	}
	out.Mailbox.OK, out.Mailbox.Trouble = err == nil, localapi.TroubleOf(err)
	return nil
}

// generation is what people call a server of that build,
// https://learn.microsoft.com/exchange/new-features/build-numbers-and-release-dates.
func generation(s ews.Server) string {
	const firstSE = 2562 // of 15.2
	switch {
	case s.Major == 8:
		return "2007"
	case s.Major == 14:
		return "2010"
	case s.Major == 15 && s.Minor == 0:
		return "2013"
	case s.Major == 15 && s.Minor == 1:
		return "2016"
	case s.Major == 15 && s.Minor == 2 && s.Build >= firstSE:
		return "se"
	case s.Major == 15 && s.Minor == 2:
		return "2019"
	}
	return ""
}

// trySevera signs in and lists the activity types.
func (x setter) trySevera(ctx context.Context, s state.Settings, k key, out *localapi.TestResult) error {
	y := &x.site.systems
	client, err := y.severaClient(ctx, api.Options{Secret: api.NewSecret(k.text), Guard: k.guard}, s)
	if err != nil {
		return err
	}
	defer client.Close()
	types, err := y.severaSide(client, s.Connections[event.Business], "").Types(ctx)
	if err != nil {
		return err
	}
	for _, t := range types {
		out.Types = append(out.Types, localapi.Activity{
			ID: t.ID, Name: t.Name, Category: t.Group.String(), Default: t.Default, Active: t.Active,
		})
	}
	out.Organisation = x.organisation(ctx, s, k)
	return nil
}

// organisation is the name of Severa's organisation. Its permission is not
// among those that a sync needs, so that it is asked for apart, once, and may be refused.
func (x setter) organisation(ctx context.Context, s state.Settings, k key) string {
	client, err := x.site.systems.severaClient(ctx, api.Options{
		Secret: api.NewSecret(k.text), Scopes: []string{"organization:read"}, Repeats: -1,
	}, s)
	if err != nil {
		return ""
	}
	defer client.Close()
	org, err := client.OrganizationDetails(ctx)
	if err != nil {
		return ""
	}
	return org.Name
}
