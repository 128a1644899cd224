package wire

import (
	"context"
	"fmt"

	"lockstep/sync/event"
)

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
