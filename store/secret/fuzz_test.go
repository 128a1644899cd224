package secret

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "make the fixtures anew")

// sealedFile was written by the first version of the format, with the passphrase "right" and almost no stretching.
const sealedFile = "testdata/secrets-1.age"

var sealedEntries = map[string][]byte{"exchange": []byte(hidden), "severa": {}}

// TestDecodeContainer_ReadsTheFirstVersion keeps files of earlier programs readable. With -update the fixture is
// made anew, which only a change of the format before its first release justifies.
func TestDecodeContainer_ReadsTheFirstVersion(t *testing.T) {
	if *update {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		identity, err := sealIdentity(id, "right", testCost)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := sealEntries(sealedEntries, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := writeFile(sealedFile, encodeContainer(container{identity: identity, entries: entries})); err != nil {
			t.Fatal(err)
		}
	}
	home := t.TempDir()
	content, err := os.ReadFile(sealedFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, secretsFile), content, private); err != nil {
		t.Fatal(err)
	}
	ring := newFileRing(home, says("right"), time.Minute, testCost)
	for name, want := range sealedEntries {
		if got := mustGet(t, ring, name).Reveal(); got != string(want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// FuzzDecodeContainer feeds the reader of the file of secrets: whatever it accepts it writes back to the same bytes,
// and nobody without the identity makes it give other entries than those that were sealed.
func FuzzDecodeContainer(f *testing.F) {
	whole, err := os.ReadFile(sealedFile)
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := decodeContainer(whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(formatName + " 1 \n"))
	f.Add([]byte(formatName + " 2 x\n"))
	f.Add(encodeContainer(container{}))
	f.Add(encodeContainer(container{identity: sealed.entries, entries: sealed.identity}))
	f.Fuzz(func(t *testing.T, content []byte) {
		// The checksum would stop nearly all inputs: judge the body under a right one too.
		_, body, _ := bytes.Cut(content, []byte("\n"))
		for _, input := range [][]byte{content, encodeContainer(container{identity: body})} {
			c, err := decodeContainer(input)
			if err != nil {
				continue
			}
			again, err := decodeContainer(encodeContainer(c))
			if err != nil || !bytes.Equal(again.identity, c.identity) || !bytes.Equal(again.entries, c.entries) {
				t.Fatalf("what was read is not written back: %v", err)
			}
			if costs(c.identity) {
				continue
			}
			id, err := openIdentity(c.identity, "right")
			if err != nil {
				if !errors.Is(err, ErrPassphrase) && !errors.Is(err, ErrDamaged) {
					t.Fatalf("an error without a name: %v", err)
				}
				continue
			}
			entries, err := openEntries(c.entries, id)
			if err == nil && !cmp.Equal(entries, sealedEntries, cmpopts.EquateEmpty()) {
				t.Fatal("entries open that were never sealed")
			}
		}
	})
}

// costs tells whether opening the block would take real scrypt work, which is right and slow.
func costs(block []byte) bool {
	line, _, _ := strings.Cut(decodeArmour(block), "---")
	return !strings.Contains(line, "-> scrypt ") || !strings.Contains(line, " 2\n")
}

// FuzzDecodeEntries feeds the reader of the decrypted JSON; its errors must not quote it.
func FuzzDecodeEntries(f *testing.F) {
	f.Add([]byte(`{"entries":{"a":"eA=="}}`))
	f.Add([]byte(`{"entries":null}`))
	f.Add([]byte(`{"entries":{"a":"not base64 but ` + hidden + `"}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := decodeEntries(text)
		switch {
		case err == nil && entries == nil:
			t.Error("neither entries nor an error")
		case err != nil && err.Error() != "decode entries: "+ErrDamaged.Error():
			t.Errorf("the error says more than it should: %v", err)
		}
	})
}

// FuzzParseFileEntry feeds the reader of a keyring entry: no file that it names is outside the folder.
func FuzzParseFileEntry(f *testing.F) {
	key := strings.Repeat("A", 43) + "="
	f.Add(tagFile + key + ":0011-22ff")
	f.Add(tagFile + key + ":../../etc/passwd")
	f.Add(tagFile + key + ":")
	f.Add(tagFile + "short:00")
	f.Add(tagValue + "x")
	f.Fuzz(func(t *testing.T, entry string) {
		_, file, err := parseFileEntry(entry)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("an error without a name: %v", err)
			}
			return
		}
		if file != filepath.Base(file) || file == "." || file == ".." {
			t.Errorf("entry %q leads to %q", entry, file)
		}
	})
}

// decodeArmour gives the binary age file inside an armoured block, or nothing.
func decodeArmour(block []byte) string {
	text, err := io.ReadAll(armor.NewReader(bytes.NewReader(block)))
	if err != nil {
		return ""
	}
	return string(text)
}
