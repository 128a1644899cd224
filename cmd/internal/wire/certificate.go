package wire

import (
	"context"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/network"
	"lockstep/sync/state"
)

// handshakeFor bounds a look at a certificate.
const handshakeFor = 15 * time.Second

// certificate looks at the certificate of a connection's server, whoever
// vouches for it; nil where the server shows none. Nothing is sent after the
// handshake, so that nothing can be lost to a server that is not the right one.
func (x setter) certificate(ctx context.Context, side event.Side, s state.Settings) *localapi.Certificate {
	ctx, cancel := context.WithTimeout(ctx, handshakeFor)
	defer cancel()
	trip := x.site.systems.trip(ctx, side, s)
	defer trip.Close()
	if trip.Reach(ctx).State == doctor.Failed || trip.Through(ctx).State == doctor.Failed {
		return nil
	}
	r := trip.Secure(ctx)
	c := r.Certificate
	if c == nil {
		return nil
	}
	return &localapi.Certificate{
		Subject: c.Subject, Issuer: c.Issuer, NotBefore: c.From, NotAfter: c.Until, FingerprintSHA256: c.SHA256,
		Trusted: r.State != doctor.Failed, Why: objection(r),
	}
}

// trip is the way to a side's server as its connection is set up.
func (y *systems) trip(ctx context.Context, side event.Side, s state.Settings) *network.Trip {
	c := s.Connections[side]
	ca, err := readCA(c.CAFile)
	if err != nil {
		ca = []byte("-") // the judgement on the certificate says so
	}
	return network.Start(network.Target{
		URL: c.URL, Chooser: y.route(ctx, s.Network).chooser, CA: ca, OnlyCA: side == event.Business,
		PinSHA256: c.PinSHA256, LegacyTLS: c.LegacyTLS, Now: y.site.now,
	})
}

// objection is what speaks against a certificate.
func objection(r doctor.Result) string {
	if r.State != doctor.Failed {
		return ""
	}
	return localapi.ObjectionOf(r.Cause)
}
