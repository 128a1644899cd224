package secret

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// left lists what a home holds besides its lock, and which keyring entries there are.
func left(t *testing.T, home string, sys *fakeSystem) []string {
	t.Helper()
	entries, err := os.ReadDir(home)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.Name() != lockFile {
			out = append(out, e.Name())
		}
	}
	for name := range sys.entries {
		out = append(out, strings.ReplaceAll(name, "\x00", "/"))
	}
	return out
}

func TestErase_LeavesNothingOfThisHome(t *testing.T) {
	sys, home, other := newFakeSystem(), t.TempDir(), t.TempDir()
	for _, h := range []string{home, other} {
		ring, _, err := Open(t.Context(), Options{Home: h, sys: sys})
		if err != nil {
			t.Fatal(err)
		}
		mustSet(t, ring, "exchange", "small")
		mustSet(t, ring, "tokens", strings.Repeat("large", 10_000))
		if _, err := MakeKeys(t.Context(), ring); err != nil {
			t.Fatal(err)
		}
	}
	if err := Erase(t.Context(), Options{Home: home, sys: sys}); err != nil {
		t.Fatal(err)
	}
	all := left(t, home, sys)
	if len(all) != 5 { // two secrets, two keys of the store, the key of the fingerprints
		t.Errorf("left are %v, want the 5 entries of the other home alone", all)
	}
	ring, _, err := Open(t.Context(), Options{Home: other, sys: sys})
	if err != nil {
		t.Fatal(err)
	}
	if got := mustGet(t, ring, "tokens").Reveal(); len(got) != 50_000 {
		t.Error("the other home's secrets are gone too")
	}
	if err := Erase(t.Context(), Options{Home: home, sys: sys}); err != nil {
		t.Errorf("once more: %v", err)
	}
}

func TestErase_TakesTheFileWithoutItsPassphrase(t *testing.T) {
	dead, home := newFakeSystem(), t.TempDir()
	dead.err = errors.New("no bus")
	ring, _, err := Open(t.Context(), Options{Home: home, sys: dead, Passphrase: says("p"), cost: testCost})
	if err != nil {
		t.Fatal(err)
	}
	mustSet(t, ring, "exchange", "small")
	if err := Erase(t.Context(), Options{Home: home, sys: dead}); err != nil {
		t.Fatal(err)
	}
	if all := left(t, home, dead); len(all) > 0 {
		t.Errorf("left are %v", all)
	}
}

func TestErase_SaysSoWhenTheKeyringIsAway(t *testing.T) {
	sys, home := newFakeSystem(), t.TempDir()
	if _, _, err := Open(t.Context(), Options{Home: home, sys: sys}); err != nil {
		t.Fatal(err)
	}
	sys.err = errors.New("no bus")
	if err := Erase(t.Context(), Options{Home: home, sys: sys}); !errors.Is(err, ErrNoKeyring) {
		t.Errorf("Erase = %v, want ErrNoKeyring: the entries are still there", err)
	}
}
