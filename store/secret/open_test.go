package secret

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
)

func TestOpen_ChoosesAPlace(t *testing.T) {
	dead := newFakeSystem()
	dead.err = errors.New("dbus: couldn't determine address of session bus")
	alive := newFakeSystem()
	for _, c := range []struct {
		name    string
		options Options
		kind    Kind
		err     error
	}{
		{"a keyring answers", Options{sys: alive}, KindOS, nil},
		{"a keyring answers and a passphrase is at hand", Options{sys: alive, Passphrase: says("p")}, KindOS, nil},
		{"no keyring, a passphrase", Options{sys: dead, Passphrase: says("p")}, KindFile, nil},
		{"no keyring, no passphrase", Options{sys: dead}, KindAny, ErrNoKeyring},
		{"the file is preferred", Options{sys: alive, Prefer: KindFile, Passphrase: says("p")}, KindFile, nil},
		{"the file is preferred without a passphrase", Options{sys: alive, Prefer: KindFile}, KindAny, ErrLocked},
		{"the system is preferred and dead", Options{sys: dead, Prefer: KindOS, Passphrase: says("p")}, KindAny, ErrNoKeyring},
		{"memory is preferred", Options{sys: dead, Prefer: KindMemory}, KindMemory, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.options.Home, c.options.cost = t.TempDir(), testCost
			ring, kind, err := Open(t.Context(), c.options)
			if kind != c.kind || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) || (ring == nil) != (err != nil) {
				t.Fatalf("Open = %v, %v, want %v, %v", kind, err, c.kind, c.err)
			}
			if ring != nil {
				mustSet(t, ring, "a", "x")
				if got := mustGet(t, ring, "a").Reveal(); got != "x" {
					t.Errorf("got %q back, want x", got)
				}
			}
		})
	}
}

func TestOpen_GoesOnWithWhatTheHomeUses(t *testing.T) {
	alive, dead := newFakeSystem(), newFakeSystem()
	dead.err = errors.New("no bus")

	fileHome := t.TempDir()
	ring, _, err := Open(t.Context(), Options{Home: fileHome, sys: dead, Passphrase: says("p"), cost: testCost})
	if err != nil {
		t.Fatal(err)
	}
	if HasFile(fileHome) {
		t.Error("HasFile before the first secret")
	}
	mustSet(t, ring, "a", "in the file")
	if !HasFile(fileHome) {
		t.Error("no HasFile after the first secret")
	}
	ring, kind, err := Open(t.Context(), Options{Home: fileHome, sys: alive, Passphrase: says("p")})
	if err != nil || kind != KindFile {
		t.Fatalf("a home with a file opens as %v, %v, want the file though a keyring answers", kind, err)
	}
	if got := mustGet(t, ring, "a").Reveal(); got != "in the file" {
		t.Errorf("got %q", got)
	}
	if _, _, err := Open(t.Context(), Options{Home: fileHome, sys: alive}); !errors.Is(err, ErrLocked) {
		t.Errorf("a home with a file and nobody to ask: %v, want ErrLocked", err)
	}

	systemHome := t.TempDir()
	if _, _, err := Open(t.Context(), Options{Home: systemHome, sys: alive}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(t.Context(), Options{Home: systemHome, sys: dead, Passphrase: says("p")}); !errors.Is(err, ErrNoKeyring) {
		t.Errorf("a home whose keyring does not answer: %v, want ErrNoKeyring and no second place", err)
	}
}

func TestOpen_GivesEveryHomeItsOwnSecrets(t *testing.T) {
	sys, parent := newFakeSystem(), t.TempDir()
	open := func(home string) Keyring {
		t.Helper()
		if err := os.MkdirAll(home, privateDir); err != nil {
			t.Fatal(err)
		}
		ring, _, err := Open(t.Context(), Options{Home: home, sys: sys})
		if err != nil {
			t.Fatal(err)
		}
		return ring
	}
	one, two := filepath.Join(parent, "one"), filepath.Join(parent, "two")
	mustSet(t, open(one), "exchange", "of one")
	if _, err := open(two).Get(t.Context(), "exchange"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the other home sees the secret: %v", err)
	}
	if err := os.RemoveAll(one); err != nil {
		t.Fatal(err)
	}
	if got := mustGet(t, open(one), "exchange").Reveal(); got != "of one" {
		t.Errorf("a home begun anew in the same place finds %q", got)
	}
	moved := filepath.Join(parent, "moved")
	if err := os.Rename(one, moved); err != nil {
		t.Fatal(err)
	}
	if got := mustGet(t, open(moved), "exchange").Reveal(); got != "of one" {
		t.Errorf("a moved home finds %q", got)
	}
	if err := os.WriteFile(filepath.Join(moved, serviceFile), []byte("\x00garbage"), private); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(t.Context(), Options{Home: moved, sys: sys}); !errors.Is(err, ErrDamaged) {
		t.Errorf("a garbled %s: %v, want ErrDamaged", serviceFile, err)
	}
}

func TestOpen_NeedsAHome(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, private); err != nil {
		t.Fatal(err)
	}
	for _, home := range []string{"", file, filepath.Join(t.TempDir(), "missing")} {
		if _, _, err := Open(t.Context(), Options{Home: home, sys: newFakeSystem()}); err == nil {
			t.Errorf("Open with the home %q succeeds", home)
		}
	}
}

// TestOpen_SaysLockedInsteadOfMakingAFile keeps a slow keyring from splitting the secrets over two places.
func TestOpen_SaysLockedInsteadOfMakingAFile(t *testing.T) {
	home := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		sys := newFakeSystem()
		sys.block = make(chan struct{})
		defer close(sys.block)
		_, _, err := Open(t.Context(), Options{Home: home, sys: sys, Passphrase: says("p")})
		if !errors.Is(err, ErrLocked) {
			t.Errorf("Open with a keyring that waits: %v, want ErrLocked", err)
		}
	})
	if HasFile(home) {
		t.Error("a file was made beside a locked keyring")
	}
}
