package wire

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lockstep/store/secret"
	"lockstep/sync/state"
)

func TestDefaultHome_IsTheSystemsPlace(t *testing.T) {
	user := func() (string, error) { return filepath.FromSlash("/u"), nil }
	for _, tt := range []struct {
		goos string
		env  map[string]string
		want string
	}{
		{"linux", nil, "/u/.local/share/lockstep"},
		{"linux", map[string]string{"XDG_DATA_HOME": "/data"}, "/data/lockstep"},
		{"linux", map[string]string{"XDG_DATA_HOME": "relative"}, "/u/.local/share/lockstep"},
		{"linux", map[string]string{"XDG_DATA_HOME": "/data", "LOCKSTEP_HOME": "/mine"}, "/mine"},
		{"darwin", nil, "/u/Library/Application Support/Lockstep"},
		{"windows", map[string]string{"LOCALAPPDATA": "/local"}, "/local/Lockstep"},
		{"windows", nil, "/u/AppData/Local/Lockstep"},
	} {
		got, err := DefaultHome(Place{GOOS: tt.goos, Getenv: func(k string) string { return tt.env[k] }, UserHome: user})
		if err != nil || got != filepath.FromSlash(tt.want) {
			t.Errorf("%s %v: %q, %v; want %q", tt.goos, tt.env, got, err, tt.want)
		}
	}
}

func TestDefaultHome_StaysBesideAProgramThatIsCarried(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "lockstep")
	if err := os.WriteFile(program, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	place := Place{
		GOOS: "windows", Getenv: func(string) string { return "" }, UserHome: func() (string, error) { return "/u", nil },
		Program: func() (string, error) { return program, nil },
	}
	if home, err := DefaultHome(place); err != nil || home == filepath.Join(dir, "data") {
		t.Errorf("without the flag: %q, %v; want the system's place", home, err)
	}
	if err := os.WriteFile(filepath.Join(dir, flagFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	home, err := DefaultHome(place)
	if err != nil || home != filepath.Join(dir, "data") {
		t.Errorf("with the flag: %q, %v; want it beside the program", home, err)
	}
	if preferred(home) != secret.KindFile || preferred(t.TempDir()) != secret.KindAny {
		t.Error("a home that is carried keeps its secrets in its file, every other where they are best kept")
	}
	s, err := Open(t.Context(), Options{Home: home, Now: time.Now, Passphrase: func(context.Context) (string, error) { return "p", nil }})
	if err != nil {
		t.Fatal(err)
	}
	if s.Kind != secret.KindFile {
		t.Errorf("secrets are in %v, want the file", s.Kind)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// open opens a home with secrets in memory, as the demo does.
func open(t *testing.T, home string, ring secret.Keyring) (*Site, error) {
	t.Helper()
	return Open(t.Context(), Options{Home: home, Now: time.Now, Ring: ring})
}

func TestOpen_LetsOneProcessIn(t *testing.T) {
	home, ring := filepath.Join(t.TempDir(), "home"), secret.NewMemory()
	s, err := open(t, home, ring)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(home)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("home folder = %v, %v; want mode 700", info.Mode(), err)
	}
	if _, err := open(t, home, ring); !errors.Is(err, ErrBusy) {
		t.Errorf("second opening = %v, want ErrBusy", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := open(t, home, ring)
	if err != nil {
		t.Fatalf("opening after the first was closed: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestOpen_MakesNoKeysForAStoreThatLostIts(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	s, err := open(t, home, secret.NewMemory())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	empty := secret.NewMemory()
	if _, err := open(t, home, empty); !errors.Is(err, ErrKeysMissing) {
		t.Errorf("error = %v, want ErrKeysMissing", err)
	}
	if _, err := secret.LoadKeys(t.Context(), empty); !errors.Is(err, secret.ErrNotFound) {
		t.Errorf("keys were made: %v", err)
	}
}

func TestOpen_SaysWhichHomeCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, filepath.Join(file, "home"), secret.NewMemory())
	if e, ok := errors.AsType[*HomeError](err); !ok || e.Home == "" {
		t.Errorf("error = %v, want a *HomeError", err)
	}
}

// signIns counts in memory.
type signIns map[string]int

func (s signIns) FailedSignIns(_ context.Context, account, secret string) (int, error) {
	return s[account+"/"+secret], nil
}

func (s signIns) AddFailedSignIn(_ context.Context, account, secret string, _ time.Time) error {
	s[account+"/"+secret]++
	return nil
}

func (s signIns) ClearFailedSignIns(context.Context, string) error {
	clear(s)
	return nil
}

var _ state.SignIns = signIns{}

func TestGuard_StopsAfterTwoRefusalsOfOneSecret(t *testing.T) {
	book, ctx := signIns{}, t.Context()
	made := func(secret string) *guard { return &guard{book: book, account: "a", secret: secret, now: time.Now} }
	for range maxFailedSignIns {
		g := made("old") // as after a restart
		if err := g.Allow(ctx); err != nil {
			t.Fatalf("refused too early: %v", err)
		}
		if err := g.Failed(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := made("old").Allow(ctx); !errors.Is(err, ErrSignInStopped) {
		t.Errorf("a third try = %v, want ErrSignInStopped", err)
	}
	g := made("new")
	if err := errors.Join(g.Allow(ctx), g.Succeeded(ctx)); err != nil {
		t.Errorf("a new secret is not let through: %v", err)
	}
	if len(book) != 0 {
		t.Errorf("failures after a success = %v, want none", book)
	}
}
