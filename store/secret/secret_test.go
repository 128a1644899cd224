package secret

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// testCost makes the stretching of a passphrase cost nothing.
const testCost = 2

const hidden = "Pa55wörd-that-nobody-sees"

// opener opens the secrets of one home anew, as another start of the program would.
type opener func(t testing.TB) Keyring

// everyRing gives an opener for each place that outlives a start of the program, over homes of their own.
func everyRing(t testing.TB) map[string]opener {
	t.Helper()
	fileHome, systemHome := t.TempDir(), t.TempDir()
	sys := newFakeSystem()
	open := func(o Options, want Kind) opener {
		return func(t testing.TB) Keyring {
			t.Helper()
			ring, kind, err := Open(t.Context(), o)
			if err != nil || kind != want {
				t.Fatalf("Open gives kind %v, error %v, want kind %v", kind, err, want)
			}
			return ring
		}
	}
	return map[string]opener{
		"file":   open(Options{Home: fileHome, Prefer: KindFile, Passphrase: says("open sesame"), cost: testCost}, KindFile),
		"system": open(Options{Home: systemHome, sys: sys}, KindOS),
	}
}

func says(passphrase string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return passphrase, nil }
}

func mustSet(t testing.TB, ring Keyring, name, value string) {
	t.Helper()
	if err := ring.Set(t.Context(), name, New(value)); err != nil {
		t.Fatalf("Set(%q): %v", name, err)
	}
}

func mustGet(t testing.TB, ring Keyring, name string) Secret {
	t.Helper()
	s, err := ring.Get(t.Context(), name)
	if err != nil {
		t.Fatalf("Get(%q): %v", name, err)
	}
	return s
}

func TestSecret_IsNeverPrinted(t *testing.T) {
	s, keys := New(hidden), Keys{Seal: newKey([]byte(hidden + strings.Repeat("x", 32))[:32])}
	hiddenNumbers := fmt.Sprint(keys.Seal.Reveal()[0], " ", keys.Seal.Reveal()[1])
	inside := struct {
		s Secret
		k Keys
	}{s, keys}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%p", "%U"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", &s)
		fmt.Fprintf(&out, verb+"\n", struct{ S Secret }{s})
		fmt.Fprintf(&out, verb+"\n", keys)
		fmt.Fprintf(&out, verb+"\n", []any{s, keys})
		fmt.Fprintf(&out, verb+"\n", inside)
		fmt.Fprintf(&out, verb+"\n", &inside)
	}
	fmt.Fprintln(&out, s.String(), s.GoString())
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "inside", inside, "secret", s, "keys", keys, "pointer", &s)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "secret", s, "keys", keys, "nested", struct{ S Secret }{s}, "inside", inside)
	for _, v := range []any{s, keys, map[string]any{"s": s, "k": keys}} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	text, err := xml.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	for _, leak := range []string{hidden, hidden[:8], fmt.Sprintf("%x", hidden[:8]), fmt.Sprintf("%X", hidden[:8]), hiddenNumbers} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q leaked into:\n%s", leak, out.String())
		}
	}
	if got, want := strings.Count(out.String(), redacted), 97; got != want {
		t.Errorf("%d times %s, want %d", got, redacted, want)
	}
	if got := s.Reveal(); got != hidden {
		t.Errorf("Reveal() = %q, want %q", got, hidden)
	}
}

func TestKeyring_KeepsReplacesAndForgets(t *testing.T) {
	values := []string{
		"", "x", "line\nline\r\n", `"quoted" 'and' \`, "äöüß 漢字 🔑", "nul\x00 and \xff\xfe", tagValue, tagFile + "not a file",
		strings.Repeat("a", maxEntry-len(tagValue)), strings.Repeat("b", maxEntry), strings.Repeat("c", 100_000),
	}
	for kind, open := range everyRing(t) {
		t.Run(kind, func(t *testing.T) {
			for i, value := range values {
				mustSet(t, open(t), "name", value)
				if got := mustGet(t, open(t), "name").Reveal(); got != value {
					t.Errorf("value %d: got %.40q, want %.40q", i, got, value)
				}
			}
			ring := open(t)
			if err := ring.Delete(t.Context(), "name"); err != nil {
				t.Fatal(err)
			}
			if _, err := open(t).Get(t.Context(), "name"); !errors.Is(err, ErrNotFound) {
				t.Errorf("Get of a forgotten secret: %v, want ErrNotFound", err)
			}
			if err := ring.Delete(t.Context(), "name"); !errors.Is(err, ErrNotFound) {
				t.Errorf("Delete of a forgotten secret: %v, want ErrNotFound", err)
			}
		})
	}
}

func TestKeyring_RefusesBadNamesAndTooMuch(t *testing.T) {
	rings := everyRing(t)
	rings["memory"] = func(testing.TB) Keyring { return NewMemory() }
	for kind, open := range rings {
		t.Run(kind, func(t *testing.T) {
			ring := open(t)
			for _, name := range []string{"", " ", "a b", "../x", "ä", "a\x00", strings.Repeat("n", 101), fingerprintName} {
				if err := ring.Set(t.Context(), name, New("x")); err == nil {
					t.Errorf("Set accepts the name %q", name)
				}
				if _, err := ring.Get(t.Context(), name); err == nil || errors.Is(err, ErrNotFound) {
					t.Errorf("Get of the name %q: %v, want an error about the name", name, err)
				}
				if err := ring.Delete(t.Context(), name); err == nil || errors.Is(err, ErrNotFound) {
					t.Errorf("Delete of the name %q: %v, want an error about the name", name, err)
				}
			}
			if err := ring.Set(t.Context(), "big", New(strings.Repeat("x", maxSecret+1))); !errors.Is(err, ErrTooLarge) {
				t.Errorf("Set of too much: %v, want ErrTooLarge", err)
			}
		})
	}
}

func TestKeyring_EndsWithItsContext(t *testing.T) {
	rings := everyRing(t)
	rings["memory"] = func(testing.TB) Keyring { return NewMemory() }
	for kind, open := range rings {
		t.Run(kind, func(t *testing.T) {
			ring := open(t)
			stopped, stop := context.WithCancel(t.Context())
			stop()
			if err := ring.Set(stopped, "a", New("x")); !errors.Is(err, context.Canceled) {
				t.Errorf("Set after the end: %v, want context.Canceled", err)
			}
			if _, err := ring.Get(stopped, "a"); !errors.Is(err, context.Canceled) {
				t.Errorf("Get after the end: %v, want context.Canceled", err)
			}
			if err := ring.Delete(stopped, "a"); !errors.Is(err, context.Canceled) {
				t.Errorf("Delete after the end: %v, want context.Canceled", err)
			}
			if _, err := ring.Get(t.Context(), "a"); !errors.Is(err, ErrNotFound) {
				t.Errorf("Get of what was never kept: %v, want ErrNotFound", err)
			}
		})
	}
}

// TestKeyring_BehavesAsAMap runs random calls against a plain map, with random restarts of the program.
func TestKeyring_BehavesAsAMap(t *testing.T) {
	for _, kind := range []string{"file", "system"} {
		t.Run(kind, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				open := everyRing(t)[kind]
				ring, model := open(t), map[string]string{}
				name := rapid.SampledFrom([]string{"a", "b", "exchange/1"})
				value := rapid.OneOf(rapid.String(), rapid.Just(strings.Repeat("long", 1000)), rapid.Just("v:"))
				for range rapid.IntRange(1, 12).Draw(rt, "steps") {
					n := name.Draw(rt, "name")
					switch rapid.SampledFrom([]string{"set", "get", "delete", "restart"}).Draw(rt, "call") {
					case "set":
						v := value.Draw(rt, "value")
						mustSet(t, ring, n, v)
						model[n] = v
					case "get":
						s, err := ring.Get(t.Context(), n)
						if want, ok := model[n]; ok && (err != nil || s.Reveal() != want) || !ok && !errors.Is(err, ErrNotFound) {
							rt.Fatalf("Get(%q) = %q, %v; the model has %q, %v", n, s.Reveal(), err, want, ok)
						}
					case "delete":
						err := ring.Delete(t.Context(), n)
						if _, ok := model[n]; ok && err != nil || !ok && !errors.Is(err, ErrNotFound) {
							rt.Fatalf("Delete(%q) = %v; the model has it: %v", n, err, ok)
						}
						delete(model, n)
					case "restart":
						ring = open(t)
					}
				}
			})
		})
	}
}

func TestFingerprint_TellsVersionsApartAndNothingElse(t *testing.T) {
	for kind, open := range everyRing(t) {
		t.Run(kind, func(t *testing.T) {
			ring := open(t)
			mustSet(t, ring, "a", "secret one")
			mustSet(t, ring, "b", "secret one")
			one := mustGet(t, ring, "a").Fingerprint()
			if len(one) != 32 || strings.Trim(one, "0123456789abcdef") != "" {
				t.Errorf("fingerprint %q, want 32 hex digits", one)
			}
			if got := mustGet(t, open(t), "a").Fingerprint(); got != one {
				t.Errorf("after a restart the fingerprint is %q, want %q", got, one)
			}
			if got := mustGet(t, ring, "b").Fingerprint(); got == one {
				t.Error("two names with one value have one fingerprint")
			}
			mustSet(t, ring, "a", "secret two")
			if got := mustGet(t, ring, "a").Fingerprint(); got == one {
				t.Error("a new value has the old fingerprint")
			}
			mustSet(t, ring, "a", "secret one")
			if got := mustGet(t, ring, "a").Fingerprint(); got != one {
				t.Error("the old value has a new fingerprint")
			}
			other := everyRing(t)[kind](t)
			mustSet(t, other, "a", "secret one")
			if got := mustGet(t, other, "a").Fingerprint(); got == one {
				t.Error("two homes have one fingerprint for one value: it can be looked up")
			}
		})
	}
	if got := New("x").Fingerprint(); got != "" {
		t.Errorf("a secret of no keyring has the fingerprint %q", got)
	}
}

// TestKeyring_LeavesNoPlainTextInTheHome reads every file that any call may have left.
func TestKeyring_LeavesNoPlainTextInTheHome(t *testing.T) {
	large := strings.Repeat(hidden, 200)
	for _, o := range []Options{
		{Home: t.TempDir(), Prefer: KindFile, Passphrase: says("the passphrase itself"), cost: testCost},
		{Home: t.TempDir(), sys: newFakeSystem()},
	} {
		ring, kind, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(kind.String(), func(t *testing.T) {
			mustSet(t, ring, "exchange-name", hidden)
			mustSet(t, ring, "severa-name", large)
			mustGet(t, ring, "severa-name")
			files := filesBelow(t, o.Home)
			for _, path := range files {
				checkPrivate(t, path, hidden, hidden[:8], "exchange-name", "severa-name", "the passphrase itself", "AGE-SECRET-KEY")
			}
			if len(files) < 2 {
				t.Errorf("found %v, want what was written", files)
			}
		})
	}
}

func filesBelow(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// checkPrivate tells when a file is readable for others or holds one of the leaks.
func checkPrivate(t *testing.T, path string, leaks ...string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%s has mode %v, want it for the user alone", path, info.Mode())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, leak := range leaks {
		if bytes.Contains(text, []byte(leak)) {
			t.Errorf("%s holds %q", path, leak)
		}
	}
}

func TestKeys_AreMadeOnceAndLoaded(t *testing.T) {
	ring := NewMemory()
	if _, err := LoadKeys(t.Context(), ring); !errors.Is(err, ErrNotFound) {
		t.Fatalf("LoadKeys without keys: %v, want ErrNotFound", err)
	}
	if _, err := ring.Get(t.Context(), sealName); !errors.Is(err, ErrNotFound) {
		t.Fatalf("LoadKeys made a key: %v", err)
	}
	made, err := MakeKeys(t.Context(), ring)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(made.Seal.Reveal(), made.HMAC.Reveal()) || len(made.Seal.Reveal()) != 32 || len(made.HMAC.Reveal()) != 32 {
		t.Error("the keys are not two random ones")
	}
	loaded, err := LoadKeys(t.Context(), ring)
	if err != nil || !same(loaded.Seal, made.Seal) || !same(loaded.HMAC, made.HMAC) {
		t.Errorf("LoadKeys gives other keys than MakeKeys made, error %v", err)
	}
	if err := ring.Delete(t.Context(), hmacName); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKeys(t.Context(), ring); !errors.Is(err, ErrNotFound) {
		t.Errorf("LoadKeys with one key: %v, want ErrNotFound", err)
	}
	again, err := MakeKeys(t.Context(), ring)
	if err != nil || !same(again.Seal, made.Seal) || same(again.HMAC, made.HMAC) {
		t.Errorf("MakeKeys must keep the key that is there and make the other, error %v", err)
	}
	mustSet(t, ring, sealName, "not a key")
	if _, err := MakeKeys(t.Context(), ring); !errors.Is(err, ErrDamaged) {
		t.Errorf("MakeKeys over a damaged key: %v, want ErrDamaged", err)
	}
}

func same(a, b Key) bool { return bytes.Equal(a.Reveal(), b.Reveal()) }

func TestKind_HasAWord(t *testing.T) {
	got := []string{KindAny.String(), KindOS.String(), KindFile.String(), KindMemory.String(), Kind(9).String()}
	want := []string{"any", "system keyring", "passphrase file", "memory", "Kind(9)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
}
