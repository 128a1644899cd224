package secret

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

// fakeSystem is a keyring of an operating system that can be made to block or to fail.
type fakeSystem struct {
	mu      sync.Mutex
	entries map[string]string
	err     error
	block   chan struct{} // calls wait until it is closed
	calls   int
	limit   int // in bytes, as on Windows; 0 means none
}

func newFakeSystem() *fakeSystem { return &fakeSystem{entries: map[string]string{}} }

func (f *fakeSystem) begin() error {
	f.mu.Lock()
	f.calls++
	block := f.block
	f.mu.Unlock()
	if block != nil {
		<-block
	}
	f.mu.Lock()
	return f.err
}

func (f *fakeSystem) begun() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *fakeSystem) Get(service, user string) (string, error) {
	err := f.begin()
	defer f.mu.Unlock()
	if err != nil {
		return "", err
	}
	value, ok := f.entries[service+"\x00"+user]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return value, nil
}

func (f *fakeSystem) Set(service, user, password string) error {
	err := f.begin()
	defer f.mu.Unlock()
	if err != nil {
		return err
	}
	if f.limit > 0 && len(password) > f.limit {
		return keyring.ErrSetDataTooBig
	}
	f.entries[service+"\x00"+user] = password
	return nil
}

func (f *fakeSystem) Delete(service, user string) error {
	err := f.begin()
	defer f.mu.Unlock()
	if err != nil {
		return err
	}
	if _, ok := f.entries[service+"\x00"+user]; !ok {
		return keyring.ErrNotFound
	}
	delete(f.entries, service+"\x00"+user)
	return nil
}

func (f *fakeSystem) DeleteAll(service string) error {
	err := f.begin()
	defer f.mu.Unlock()
	if err != nil {
		return err
	}
	for name := range f.entries {
		if strings.HasPrefix(name, service+"\x00") {
			delete(f.entries, name)
		}
	}
	return nil
}

// TestSystemRing_GivesUpOnALockedKeyring also shows that a keyring which never answers costs one goroutine, and that
// a write which comes late does not overtake a newer one.
func TestSystemRing_GivesUpOnALockedKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newFakeSystem()
		sys.block = make(chan struct{})
		hints := 0
		ring := newSystemRing(sys, "Lockstep test", 30*time.Second, func() { hints++ })
		began := time.Now()
		if err := ring.Set(t.Context(), "a", New("first")); !errors.Is(err, ErrLocked) {
			t.Fatalf("Set on a keyring that does not answer: %v, want ErrLocked", err)
		}
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("gave up after %v, want 30s", took)
		}
		for range 3 {
			if _, err := ring.Get(t.Context(), "a"); !errors.Is(err, ErrLocked) {
				t.Errorf("Get on a keyring that does not answer: %v, want ErrLocked", err)
			}
		}
		if hints != 4 {
			t.Errorf("%d hints for 4 slow calls", hints)
		}
		if got := sys.begun(); got != 1 {
			t.Errorf("%d calls wait for the keyring, want 1", got)
		}
		stopped, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := ring.Get(stopped, "a"); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrLocked) {
			t.Errorf("Get with a shorter deadline: %v, want the context's error", err)
		}
		close(sys.block) // unlocked at last: the first write arrives now, before any other
		if err := ring.Set(t.Context(), "a", New("second")); err != nil {
			t.Fatal(err)
		}
		if got, err := ring.Get(t.Context(), "a"); err != nil || got.Reveal() != "second" {
			t.Errorf("after unlocking: %q, %v, want the second value", got.Reveal(), err)
		}
	})
}

func TestSystemRing_NamesTheErrorsOfTheSystem(t *testing.T) {
	noBus := errors.New("dbus: couldn't determine address of session bus")
	for _, c := range []struct{ from, want error }{
		{keyring.ErrNotFound, ErrNotFound},
		{keyring.ErrSetDataTooBig, ErrTooLarge},
		{keyring.ErrUnsupportedPlatform, ErrNoKeyring},
		{noBus, ErrNoKeyring},
		{noBus, noBus},
		{nil, nil},
	} {
		if got := classify(c.from); !errors.Is(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("classify(%v) = %v, want %v", c.from, got, c.want)
		}
	}
}

func TestSplitRing_FitsTheSmallestKeyring(t *testing.T) {
	sys, home := newFakeSystem(), t.TempDir()
	sys.limit = 2560 // Windows
	ring, _, err := Open(t.Context(), Options{Home: home, sys: sys})
	if err != nil {
		t.Fatal(err)
	}
	first, second := strings.Repeat("1", 20_000), strings.Repeat("2", 30_000)
	for _, size := range []int{maxEntry - len(tagValue), maxEntry, sys.limit, sys.limit + 1} {
		mustSet(t, ring, "token", strings.Repeat("0", size))
	}
	mustSet(t, ring, "token", first)
	mustSet(t, ring, "token", second)
	if got := mustGet(t, ring, "token").Reveal(); got != second {
		t.Errorf("got %.10q… of %d bytes, want the second value", got, len(got))
	}
	files := sealedFiles(t, home)
	if len(files) != 1 {
		t.Errorf("%d sealed files, want the one in use", len(files))
	}
	mustSet(t, ring, "token", "short again")
	if files := sealedFiles(t, home); len(files) != 0 {
		t.Errorf("a short value leaves %v", files)
	}
	mustSet(t, ring, "token", first)
	if err := ring.Delete(t.Context(), "token"); err != nil {
		t.Fatal(err)
	}
	if files := sealedFiles(t, home); len(files) != 0 {
		t.Errorf("a forgotten value leaves %v", files)
	}
}

// TestSplitRing_KeepsTheOldSecretWhenTheKeyringFails stands for a crash between the file and the entry.
func TestSplitRing_KeepsTheOldSecretWhenTheKeyringFails(t *testing.T) {
	sys, home := newFakeSystem(), t.TempDir()
	ring, _, err := Open(t.Context(), Options{Home: home, sys: sys})
	if err != nil {
		t.Fatal(err)
	}
	old := strings.Repeat("old", 2000)
	mustSet(t, ring, "token", old)
	sys.err = errors.New("the keyring went away")
	if err := ring.Set(t.Context(), "token", New(strings.Repeat("new", 2000))); !errors.Is(err, ErrNoKeyring) {
		t.Fatalf("Set on a broken keyring: %v, want ErrNoKeyring", err)
	}
	sys.err = nil
	if got := mustGet(t, ring, "token").Reveal(); got != old {
		t.Error("the old secret is gone")
	}
	mustSet(t, ring, "token", strings.Repeat("new", 2000))
	if files := sealedFiles(t, home); len(files) != 1 {
		t.Errorf("the litter of the failure stays: %v", files)
	}
}

func TestSplitRing_NoticesWhatWasTamperedWith(t *testing.T) {
	sys, home := newFakeSystem(), t.TempDir()
	ring, _, err := Open(t.Context(), Options{Home: home, sys: sys})
	if err != nil {
		t.Fatal(err)
	}
	mustSet(t, ring, "one", strings.Repeat("1", 5000))
	mustSet(t, ring, "two", strings.Repeat("2", 5000))
	service, err := serviceName(home)
	if err != nil {
		t.Fatal(err)
	}
	whole := maps.Clone(sys.entries)
	one, two := service+"\x00one", service+"\x00two"
	for name, entry := range map[string]string{
		"an entry of another secret": whole[two],
		"an entry that is not ours":  "typed by hand",
		"a key that is not one":      tagFile + "AAAA:0011",
		"a file outside the folder":  whole[one][:len(tagFile)+45] + "../keyring-service",
		"a file that is not there":   whole[one][:len(tagFile)+45] + "00ff",
		"no file":                    whole[one][:len(tagFile)+45],
	} {
		sys.entries[one] = entry
		if _, err := ring.Get(t.Context(), "one"); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
	sys.entries[one] = whole[one]
	if got := mustGet(t, ring, "one").Reveal(); got != strings.Repeat("1", 5000) {
		t.Error("the entry as it was does not open any more")
	}
}

func sealedFiles(t *testing.T, home string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(home, sealedFolder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}
