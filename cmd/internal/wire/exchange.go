package wire

import (
	"context"
	"strings"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/state"
)

// exchangeSide is the Exchange connection as this package uses it.
type exchangeSide struct {
	*exchange.Connection
	zone string
}

var _ lookup = (*exchangeSide)(nil)

func (x *exchangeSide) endpoint(p state.Person) endpoint.Endpoint {
	zone := p.Zone
	if zone == "" {
		zone = x.zone
	}
	return x.Endpoint(p.Accounts[event.Exchange], zone)
}

// mailbox finds the primary address and the name behind an address.
func (x *exchangeSide) mailbox(ctx context.Context, address string) (primary string, ok bool, err error) {
	m, err := x.Lookup(ctx, address)
	if endpoint.Is(err, endpoint.NotFound) {
		return "", false, nil
	}
	return m.Address, err == nil, err
}

func (y *systems) openExchange(ctx context.Context, s state.Settings) (*exchangeSide, error) {
	c := s.Connections[event.Exchange]
	text, g, err := y.secret(ctx, event.Exchange, SecretExchange, exchangeAccount(c))
	if err != nil {
		return nil, err
	}
	client, err := y.exchangeClient(ctx, s, ews.Password(text.Reveal()), g)
	if err != nil {
		return nil, err
	}
	y.closers = append(y.closers, client.Close)
	return &exchangeSide{Connection: exchange.New(client, exchange.Options{
		Office: s.Office, Account: signIn(c), Zone: s.Zone, Log: y.site.Log,
	}), zone: s.Zone}, nil
}

func exchangeAccount(c state.Connection) string {
	return strings.ToLower(signIn(c)) + "@" + hostOf(c.URL)
}

func (y *systems) exchangeClient(ctx context.Context, s state.Settings, password ews.Password, g *guard) (*ews.Client, error) {
	o, err := y.exchangeOptions(ctx, s)
	if err != nil {
		return nil, err
	}
	o.Password, o.Guard = password, g
	client, err := ews.New(o)
	if err != nil {
		return nil, misset(event.Exchange, err)
	}
	return client, nil
}

// exchangeOptions are all that is no secret of a connection.
func (y *systems) exchangeOptions(ctx context.Context, s state.Settings) (ews.Options, error) {
	c := s.Connections[event.Exchange]
	ca, err := readCA(c.CAFile)
	if err != nil {
		return ews.Options{}, misset(event.Exchange, err)
	}
	way := y.route(ctx, s.Network)
	o := ews.Options{
		URL: c.URL, Domain: c.Domain, User: c.Account,
		CAFile: ca, PinSHA256: c.PinSHA256, LegacyTLS: c.LegacyTLS, Plain: c.Plain, Version: versions()[c.Version],
		Proxy: way.proxy, Dial: way.dial, Now: y.site.now, Log: y.site.Log,
	}
	if c.Auth == "basic" {
		o.Auth = ews.AuthBasic
	}
	if c.Access == "delegate" {
		o.Access = ews.AccessDelegate
	}
	return o, nil
}
