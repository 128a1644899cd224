package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"lockstep/store/secret"
	"lockstep/sync/localapi"
)

// door stands before an office whose secrets are locked or have no place: it
// lets the window tell so, and takes the passphrase that is typed there.
type door struct {
	home string
	quit func()

	mu    sync.Mutex
	typed string // the passphrase; kept while it opens the secrets
}

// stand answers for the closed office until ctx ends. again is called when
// somebody has done something about it.
func (d *door) stand(ctx context.Context, why localapi.ClosedWhy, again func(), log *slog.Logger) {
	l, err := localapi.Listen(ctx, localapi.Address(d.home))
	if err != nil {
		log.WarnContext(ctx, "nobody can be answered while the secrets are closed", "err", err)
		<-ctx.Done() // who asks for the window gets the reason as a notice
		return
	}
	_ = localapi.ServeClosed(ctx, l, why, localapi.Door{
		Unlock: func(q localapi.UnlockRequest) {
			if q.Passphrase != "" {
				d.set(string(q.Passphrase))
			}
			again()
		},
		Quit: d.quit,
	}, log)
}

func (d *door) set(passphrase string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.typed = passphrase
}

// passphrase is how a passphrase is given while the office opens: the one that
// was typed, or that of the environment; each once, so that a wrong one is no
// endless question. nil: there is none.
func (d *door) passphrase() func(context.Context) (string, error) {
	d.mu.Lock()
	p := d.typed
	d.mu.Unlock()
	if p == "" {
		var ok bool
		if p, ok = os.LookupEnv("LOCKSTEP_PASSPHRASE"); !ok {
			return nil
		}
	}
	asked := false
	return func(context.Context) (string, error) {
		if asked {
			d.set("")
			return "", fmt.Errorf("open the secrets: %w", secret.ErrPassphrase)
		}
		asked = true
		return p, nil
	}
}

// closed tells why an office does not open, if it is for its secrets. nil is
// the door of an office that has none.
func (d *door) closed(err error) (localapi.ClosedWhy, bool) {
	switch {
	case d == nil:
	case errors.Is(err, secret.ErrPassphrase):
		d.set("")
		return localapi.ClosedWrong, true
	case errors.Is(err, secret.ErrLocked) && secret.HasFile(d.home):
		return localapi.ClosedPassphrase, true
	case errors.Is(err, secret.ErrLocked):
		return localapi.ClosedLocked, true
	case errors.Is(err, secret.ErrNoKeyring) && secret.UsesKeyring(d.home):
		return localapi.ClosedLost, true
	case errors.Is(err, secret.ErrNoKeyring):
		return localapi.ClosedNoKeyring, true
	}
	return "", false
}

// waitsForPerson tells whether nothing but a person opens the office: trying
// again by itself makes no sense then.
func waitsForPerson(why localapi.ClosedWhy) bool {
	return why == localapi.ClosedPassphrase || why == localapi.ClosedWrong
}
