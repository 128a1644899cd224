package updates

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// answering is a server that always says the same.
type answering []byte

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(a)), Request: r}, nil
}

// FuzzLook: whatever the address answers, what is told is newer than ours, and
// leads nowhere but to https.
func FuzzLook(f *testing.F) {
	f.Add([]byte(`{"version": "0.2.0", "notes": "https://notes.test"}`))
	f.Add([]byte(`{"version": "9", "notes": "http://notes.test"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Look(t.Context(), &http.Client{Transport: answering(text)}, "https://office.test/newest", "0.1.0")
		if err != nil || got == (Newest{}) {
			return
		}
		ours, _ := parse("0.1.0")
		theirs, ok := parse(got.Version)
		if !ok || !ours.before(theirs) || got.Notes != "" && !secure(got.Notes) {
			t.Errorf("told %+v", got)
		}
	})
}
