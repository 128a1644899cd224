package memory_test

import (
	"context"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/endpoint/endpointtest"
)

// leasing is an endpoint whose way with leases can be broken.
type leasing struct {
	endpoint.Endpoint
	endpoint.Leaser
	take func(l *leasing, ctx context.Context, want endpoint.Lease, lasts time.Duration, force bool) (endpoint.Lease, error)
	drop func(l *leasing, ctx context.Context, token string) error
}

func (l *leasing) TakeLease(ctx context.Context, want endpoint.Lease, lasts time.Duration, force bool) (endpoint.Lease, error) {
	if l.take != nil {
		return l.take(l, ctx, want, lasts, force)
	}
	return l.Leaser.TakeLease(ctx, want, lasts, force)
}

func (l *leasing) DropLease(ctx context.Context, token string) error {
	if l.drop != nil {
		return l.drop(l, ctx, token)
	}
	return l.Leaser.DropLease(ctx, token)
}

func TestSuite_NoticesBrokenLeases(t *testing.T) {
	for notice, m := range map[string]leasing{
		"Lease_BindsOtherInstallations": {take: func(l *leasing, ctx context.Context, want endpoint.Lease, lasts time.Duration, _ bool) (endpoint.Lease, error) {
			return l.Leaser.TakeLease(ctx, want, lasts, true)
		}},
		"Lease_IsTakenOverByForce": {take: func(l *leasing, ctx context.Context, want endpoint.Lease, lasts time.Duration, _ bool) (endpoint.Lease, error) {
			return l.Leaser.TakeLease(ctx, want, lasts, false)
		}},
		"Lease_Expires": {take: func(l *leasing, ctx context.Context, want endpoint.Lease, _ time.Duration, force bool) (endpoint.Lease, error) {
			return l.Leaser.TakeLease(ctx, want, time.Hour, force)
		}},
		"Lease_IsTakenOutOfSight": {take: func(_ *leasing, _ context.Context, want endpoint.Lease, lasts time.Duration, _ bool) (endpoint.Lease, error) {
			want.Until = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC).Add(lasts)
			return want, nil // and writes nothing down
		}},
		"Lease_IsDroppedByItsHolderAlone": {drop: func(l *leasing, ctx context.Context, _ string) error {
			is, err := l.Lease(ctx)
			if err != nil {
				return err
			}
			return l.Leaser.DropLease(ctx, is.Token)
		}},
	} {
		t.Run(notice, func(t *testing.T) {
			o := suite(kinds()["exchange"])
			whole := o.New
			o.New = func(t testing.TB) (endpoint.Endpoint, endpointtest.Hands) {
				ep, h := whole(t)
				broken := m
				broken.Endpoint, broken.Leaser = ep, ep.(endpoint.Leaser)
				return &broken, h
			}
			if noticed := endpointtest.Notices(t, o); noticed[notice] == "" {
				t.Errorf("not noticed; noticed: %v", noticed)
			}
		})
	}
}
