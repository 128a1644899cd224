package wire

import (
	"context"
	"errors"
	"fmt"

	"lockstep/store/secret"
	"lockstep/sync/event"
	"lockstep/sync/office"
)

// tryAgain lets the secret that is kept under a name, and that a person has
// typed just now, be tried once more, though it was refused before: the account
// may be unlocked by now, or its password be this one.
func (s *Site) tryAgain(ctx context.Context, name string) error {
	settings, err := s.Settings(ctx)
	if errors.Is(err, office.ErrNotSetUp) {
		return nil
	}
	if err != nil {
		return err
	}
	account := ""
	switch name {
	case SecretExchange:
		account = exchangeAccount(settings.Connections[event.Exchange])
	case SecretSevera:
		account = severaAccount(settings.Connections[event.Business])
	default:
		return nil
	}
	kept, err := s.Ring.Get(ctx, name)
	if errors.Is(err, secret.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the secret of %s: %w", name, err)
	}
	if err := s.systems.guard(name, account, kept.Fingerprint()).again(ctx); err != nil {
		return fmt.Errorf("forget refused sign-ins: %w", err)
	}
	return nil
}

// Retry connects anew, and lets secrets that were refused be tried again: it is
// for when it is known that a server's mind has changed.
func (s *Site) Retry(ctx context.Context) error {
	settings, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	for _, account := range []string{
		SecretExchange + ":" + exchangeAccount(settings.Connections[event.Exchange]),
		SecretSevera + ":" + severaAccount(settings.Connections[event.Business]),
	} {
		if err := s.Store.ClearFailedSignIns(ctx, account); err != nil {
			return fmt.Errorf("forget refused sign-ins: %w", err)
		}
	}
	s.systems.forget()
	s.Office.Reconnect()
	s.Office.Wake()
	return nil
}
