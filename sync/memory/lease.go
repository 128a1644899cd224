package memory

import (
	"context"
	"fmt"
	"time"

	"lockstep/sync/endpoint"
)

var _ endpoint.Leaser = marker{}

// Lease is the lease of the mailbox.
func (m marker) Lease(ctx context.Context) (endpoint.Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, e := m.trouble(ctx, m.addr, "read lease", false, false); e != nil {
		return endpoint.Lease{}, e
	}
	m.counts.Leases++
	out := m.leases[m.addr]
	out.Over = ""
	return out, nil
}

// TakeLease writes a lease where none binds.
func (m marker) TakeLease(ctx context.Context, want endpoint.Lease, lasts time.Duration, force bool) (endpoint.Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, e := m.trouble(ctx, m.addr, "take lease", false, false); e != nil {
		return endpoint.Lease{}, e
	}
	m.counts.Leases++
	if m.opts.Caps.ReadOnly {
		return endpoint.Lease{}, m.fail("take lease", "", endpoint.Forbidden, endpoint.ScopeItem, "ReadOnly")
	}
	now := m.opts.Now()
	if is := m.leases[m.addr]; is.Live(now) && is.Home != want.Home && !force {
		return is, nil
	}
	want.Until, want.Over = now.Add(lasts), m.leases[m.addr].Version
	return m.note(want), nil
}

// DropLease ends a lease of that token.
func (m marker) DropLease(ctx context.Context, token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, e := m.trouble(ctx, m.addr, "drop lease", false, false); e != nil {
		return e
	}
	m.counts.Leases++
	if token != "" && m.leases[m.addr].Token == token {
		m.note(endpoint.Lease{})
	}
	return nil
}

// note writes the mailbox's note.
func (m marker) note(l endpoint.Lease) endpoint.Lease {
	m.seq++
	l.Version = fmt.Sprintf("n%d", m.seq)
	m.leases[m.addr] = l
	return l
}
