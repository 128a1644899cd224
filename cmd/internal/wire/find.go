package wire

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ews/autodiscover"
	"lockstep/sync/localapi"
)

// findFor bounds a search for a server; findEach bounds each of its requests.
const (
	findFor  = 90 * time.Second
	findEach = 10 * time.Second
)

// FindServer looks for the Exchange server of an address. A password that is
// refused counts as everywhere else, and is not shown a third time.
func (x setter) FindServer(ctx context.Context, q localapi.FindServerRequest) (localapi.FoundServer, error) {
	settings, _, _ := x.read(q.Draft) // what is not filled in yet is not needed
	address := plainAddress(q.Address)
	domain := address[strings.LastIndexByte(address, '@')+1:]
	c := &settings.Connections[event.Exchange]
	if c.URL == "" {
		c.URL = "https://" + domain + "/" // the account is counted under its domain as long as nobody knows its server
	}
	out := localapi.FoundServer{Attempts: []localapi.ServerAttempt{}}
	k, err := x.key(ctx, localapi.TestRequest{System: SecretExchange, Secret: q.Secret}, *c)
	if err != nil {
		return out, err
	}
	if k.text == "" {
		out.Why = localapi.FindSecret
		return out, nil
	}
	o, err := x.site.systems.exchangeOptions(ctx, settings)
	if err != nil {
		return out, localapi.AsError(err)
	}
	o.Password, o.Guard, o.Timeout = ews.Password(k.text), k.guard, findEach
	ctx, cancel := context.WithTimeout(ctx, findFor)
	defer cancel()
	found, err := autodiscover.Find(ctx, address, autodiscover.Options{
		EWS: o, Allow: func(host string) bool {
			return slices.ContainsFunc(q.Allow, func(a string) bool { return strings.EqualFold(a, host) })
		},
	})
	return foundServer(found, err), nil
}

func foundServer(r autodiscover.Report, err error) localapi.FoundServer {
	out := localapi.FoundServer{Cloud: r.Cloud, Ask: r.Ask, Attempts: []localapi.ServerAttempt{}}
	for _, a := range r.Attempts {
		out.Attempts = append(out.Attempts, localapi.ServerAttempt{
			Step: string(a.Step), URL: a.URL, How: a.How, Outcome: string(a.Outcome), Status: a.Status, To: a.To,
		})
	}
	if s := r.Server; s != nil {
		out.URL, out.InternalURL, out.OAB, out.Version = s.EWS, s.InternalEWS, s.OAB, s.Version
		return out
	}
	switch {
	case r.Cloud:
	case errors.Is(err, autodiscover.ErrAddress):
		out.Why = localapi.FindAddress
	case errors.Is(err, autodiscover.ErrSignIn):
		out.Why = localapi.FindRefused
	case len(r.Ask) > 0:
		out.Why = localapi.FindAsk
	case slices.ContainsFunc(r.Attempts, func(a autodiscover.Attempt) bool { return a.Outcome == autodiscover.Refused }):
		out.Why = localapi.FindRefused
	default:
		out.Why = localapi.FindNothing
	}
	return out
}
