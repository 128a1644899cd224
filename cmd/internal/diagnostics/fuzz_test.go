package diagnostics_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"lockstep/cmd/internal/diagnostics"
)

// FuzzLog: whatever stands in a log, what comes out is JSON line by line and
// names nobody.
func FuzzLog(f *testing.F) {
	f.Add([]byte(`{"time":"2026-11-28T10:00:00Z","msg":"\u0056irtanen","by":"PC","n":[{"Virtanen":1e9}]}` + "\n{"))
	f.Add([]byte("null\n\"VIRTANEN\"\n{} {\"a\":\"virtanen\"}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := diagnostics.NewScrubber(func(string) string { return "hash" })
		s.Replace("Virtanen", "person-1")
		got, err := diagnostics.Log([]io.Reader{bytes.NewReader(text)}, time.Time{}, s)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ToLower(string(got)), "virtanen") {
			t.Errorf("somebody is named: %q", got)
		}
		for line := range bytes.Lines(got) {
			if !json.Valid(line) {
				t.Errorf("no JSON: %q", line)
			}
		}
	})
}
