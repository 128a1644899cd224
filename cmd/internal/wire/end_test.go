package wire

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"lockstep/store/secret"
	"lockstep/sync/localapi"
)

func TestRun_EndsWhenAFrontEndAsksForIt(t *testing.T) {
	s, err := open(t, filepath.Join(t.TempDir(), "home"), secret.NewMemory())
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(t.Context()) }()
	c := dialSoon(t, s.Home)
	defer c.Close()
	if err := c.Quit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, ErrQuit) {
		t.Errorf("Run = %v, want ErrQuit", err)
	}
	if free, err := Free(s.Home); err != nil || free {
		t.Errorf("Free = %v, %v while the home is open", free, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if free, err := Free(s.Home); err != nil || !free {
		t.Errorf("Free = %v, %v after it was closed", free, err)
	}
}

// dialSoon reaches an agent that is about to listen.
func dialSoon(t *testing.T, home string) *localapi.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		c, err := localapi.Dial(ctx, localapi.Address(home))
		if err == nil {
			return c
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-again.C:
		}
	}
}

func TestForgetSecrets_LeavesTheKeysUnlessToldTo(t *testing.T) {
	home, ring := filepath.Join(t.TempDir(), "home"), secret.NewMemory()
	o := Options{Home: home, Now: time.Now, Ring: ring}
	if err := ForgetSecrets(t.Context(), o, true); err != nil {
		t.Errorf("a home that is not there: %v", err)
	}
	s, err := open(t, home, ring)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetSecret(t.Context(), SecretExchange, "geheim"); err != nil {
		t.Fatal(err)
	}
	if err := ForgetSecrets(t.Context(), o, false); !errors.Is(err, ErrBusy) {
		t.Errorf("while it is open: %v, want ErrBusy", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := ForgetSecrets(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	if s, err = open(t, home, ring); err != nil {
		t.Fatalf("the store cannot be opened any more: %v", err)
	}
	if have, err := s.HasSecret(t.Context(), SecretExchange); err != nil || have {
		t.Errorf("HasSecret = %v, %v; want it forgotten", have, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestLookOnce_TellsTheStatus(t *testing.T) {
	s, err := open(t, filepath.Join(t.TempDir(), "home"), secret.NewMemory())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"version":"99.0.0","notes":"https://example.com/notes"}`))
	}))
	s.lookOnce(t.Context(), srv.Client().Transport, srv.URL)
	st, err := s.Agent().Status(t.Context(), 0)
	if err != nil || st.Newer.Version != "99.0.0" || st.Newer.Notes != "https://example.com/notes" {
		t.Errorf("status tells %+v, %v", st.Newer, err)
	}
	srv.Close()
	s.lookOnce(t.Context(), srv.Client().Transport, srv.URL)
	if got := s.Newer(); got.Version != "99.0.0" {
		t.Errorf("an address that does not answer takes back what is known: %+v", got)
	}
}
