package wire

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"lockstep/cmd/internal/updates"
	"lockstep/cmd/internal/version"
	"lockstep/sync/office"
)

const (
	lookEvery  = 24 * time.Hour
	lookWithin = 30 * time.Second
)

// lookForNewer looks once a day whether there is a newer version, as long as
// the office asks for that. An answer is only told.
func (s *Site) lookForNewer(ctx context.Context) {
	for {
		if settings, err := s.Settings(ctx); err == nil && settings.Updates.Check && settings.Updates.URL != "" {
			s.lookOnce(ctx, http.DefaultTransport, settings.Updates.URL)
		}
		due := time.NewTimer(lookEvery)
		select {
		case <-ctx.Done():
			due.Stop()
			return
		case <-due.C:
		}
	}
}

func (s *Site) lookOnce(ctx context.Context, transport http.RoundTripper, address string) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	found, err := updates.Look(ctx, &http.Client{Transport: transport}, address, version.Number)
	if err != nil {
		s.Log.WarnContext(ctx, "newer version not looked for", slog.Any("err", err))
		return
	}
	s.newer.Store(&office.Newer{Version: found.Version, Notes: found.Notes})
}

// Newer is a version that was found to be newer than this one.
func (s *Site) Newer() office.Newer {
	if n := s.newer.Load(); n != nil {
		return *n
	}
	return office.Newer{}
}
