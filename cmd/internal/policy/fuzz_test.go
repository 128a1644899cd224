package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzParse: whatever a file holds, it is refused or fixes what it fixes when it
// is written out again.
func FuzzParse(f *testing.F) {
	f.Add([]byte("direction = \"publish\"\n[rules]\nwinner = \"ask\"\n"))
	f.Add([]byte("= ?"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := Parse(Machine, "file", text)
		if err != nil {
			return
		}
		again, err := Resolve(l).TOML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(Machine, "file", again)
		if err != nil {
			t.Fatalf("what was read is refused when it is written out: %v", err)
		}
		if diff := cmp.Diff(l.Values, back.Values); diff != "" {
			t.Errorf("written out it fixes something else (-first +again):\n%s", diff)
		}
	})
}
