package wire

import (
	"encoding/json"
	"testing"
)

func FuzzParseOutline(f *testing.F) {
	f.Add([]byte(`{"Settings":{"Office":"o","Connections":[{"URL":"https://x.test/"},{}]},"People":[{"ID":"p","Enabled":true}]}`))
	f.Add([]byte(`{"Rebuilt":{"at":"2026-03-02T08:00:00Z","why":"damaged"}}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		o := parseOutline(text)
		again, err := json.Marshal(o)
		if err != nil {
			t.Skip(err) // a time that no text can hold
		}
		if back := parseOutline(again); back.Settings.Office != o.Settings.Office || len(back.People) != len(o.People) {
			t.Errorf("read %+v, and after writing that %+v", o, back)
		}
	})
}
