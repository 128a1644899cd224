package crashtest

import (
	"context"
	"time"

	"lockstep/sync/endpoint"
)

// Leaser is l with every call through the fuse.
func Leaser(f *Fuse, l endpoint.Leaser) endpoint.Leaser { return fusedLeaser{l, f} }

type fusedLeaser struct {
	endpoint.Leaser
	fuse *Fuse
}

func (l fusedLeaser) Lease(ctx context.Context) (endpoint.Lease, error) {
	return through(l.fuse, func() (endpoint.Lease, error) { return l.Leaser.Lease(ctx) })
}

func (l fusedLeaser) TakeLease(ctx context.Context, want endpoint.Lease, lasts time.Duration, force bool) (endpoint.Lease, error) {
	return through(l.fuse, func() (endpoint.Lease, error) { return l.Leaser.TakeLease(ctx, want, lasts, force) })
}

func (l fusedLeaser) DropLease(ctx context.Context, token string) error {
	_, err := through(l.fuse, func() (struct{}, error) { return struct{}{}, l.Leaser.DropLease(ctx, token) })
	return err
}
