package wire

import (
	"context"
	"errors"

	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

// AddressBooks lists what the manifest of an offline address book names.
func (a *agent) AddressBooks(ctx context.Context, q localapi.AddressBooksRequest) ([]localapi.AddressBook, error) {
	settings, err := a.site.Settings(ctx)
	if err == nil && settings.Office == "" {
		err = office.ErrNotSetUp
	}
	if err != nil {
		return nil, localapi.AsError(err)
	}
	y, c := &a.site.systems, settings.Connections[event.Exchange]
	if q.URL == "" {
		q.URL = c.OABURL
	}
	if q.URL == "" {
		return nil, &localapi.Error{Code: localapi.CodeUsage, Message: "Where the offline address book is has not been said. Name its address, or write it as oab_url under [exchange] in office.toml; `lockstepctl discover ADDRESS` finds it."}
	}
	text, g, err := y.secret(ctx, event.Exchange, SecretExchange, exchangeAccount(c))
	if err != nil {
		return nil, localapi.AsError(err)
	}
	client, err := y.exchangeClient(ctx, settings, ews.Password(text.Reveal()), g)
	if err != nil {
		return nil, localapi.AsError(err)
	}
	defer client.Close()
	books, err := exchange.New(client, exchange.Options{Account: signIn(c), Log: a.site.Log}).AddressBooks(ctx, q.URL)
	if e, ok := errors.AsType[*ews.Error](err); ok && e.Err != nil && (e.Class == ews.ClassProtocol || e.Class == ews.ClassInvalid) {
		return nil, &localapi.Error{Code: localapi.CodeNoBook, Message: e.Err.Error()}
	}
	if err != nil {
		return nil, localapi.AsError(err)
	}
	out := []localapi.AddressBook{}
	for _, b := range books {
		out = append(out, localapi.AddressBook{Name: b.Name, ID: b.ID, Sequence: b.Sequence, Size: b.Size, Unpacked: b.Unpacked, Updates: b.Updates})
	}
	return out, nil
}
