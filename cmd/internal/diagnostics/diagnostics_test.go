package diagnostics_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/cmd/internal/diagnostics"
)

func scrubber() *diagnostics.Scrubber {
	s := diagnostics.NewScrubber(func(text string) string { return "h" + string(rune('a'+len(text)%26)) })
	s.Replace("Anna", "person-1")
	s.Replace("Anna Ångström", "person-1")
	s.Replace("anna@office.test", "person-1")
	s.Replace("x", "too short to be looked for")
	return s
}

func TestScrubber_TakesPeopleOut(t *testing.T) {
	long := strings.Repeat("AAMk", 12)
	for text, want := range map[string]string{
		"next":                               "next",
		"mail to Anna@Office.test failed":    "mail to person-1 failed",
		"ANNA ÅNGSTRÖM is away":              "person-1 is away",
		"guest.x@elsewhere.test":             "mail-hw",
		"<o'neil+tag@sub.elsewhere.test>":    "<mail-hd>",
		"item " + long + " gone":             "item id-hw gone",
		"0c1a313f-272f-473b-addf-5221c64e60": "0c1a313f-272f-473b-addf-5221c64e60",
	} {
		if got := scrubber().Text(text); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestScrubber_JSONReachesKeysAndHolders(t *testing.T) {
	got, err := scrubber().JSON(map[string]any{
		"anna@office.test": []any{"Anna", 12345678901234567},
		"lease":            map[string]any{"holder": "ANNA-PC (anna)"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "lease": {
    "holder": "pc-ho"
  },
  "person-1": [
    "person-1",
    12345678901234567
  ]
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func TestLog_KeepsTheLastDaysAndNothingOdd(t *testing.T) {
	old := `{"time":"2026-11-01T10:00:00Z","msg":"old"}` + "\n"
	odd := "panic: Anna's secret\n"
	fresh := `{"time":"2026-11-27T10:00:00Z","msg":"run ended","person":"anna@office.test","n":7}` // without a line end
	got, err := diagnostics.Log([]io.Reader{strings.NewReader(old), strings.NewReader(odd + fresh)},
		time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), scrubber())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"msg":"lines left out that are no log lines","count":1}
{"msg":"run ended","n":7,"person":"person-1","time":"2026-11-27T10:00:00Z"}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("Log (-want +got):\n%s", diff)
	}
}

func TestLog_IsBounded(t *testing.T) {
	line := `{"time":"2026-11-27T10:00:00Z","msg":"` + strings.Repeat("word ", 200) + `"}` + "\n"
	got, err := diagnostics.Log([]io.Reader{strings.NewReader(strings.Repeat(line, 25<<20/len(line)) + strings.Replace(line, "27T", "28T", 1))},
		time.Time{}, diagnostics.NewScrubber(func(string) string { return "" }))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) > 20<<20 || !strings.HasPrefix(string(got), "{") || !strings.Contains(string(got[len(got)-2000:]), "2026-11-28T") {
		t.Errorf("the log has %d bytes, begins with %.20q", len(got), got)
	}
}

func TestZip_HoldsTheFilesAndTheirList(t *testing.T) {
	files := []diagnostics.File{{Name: "a.json", About: "what a is", Content: []byte("1")}, {Name: "logs/b", Content: []byte("2")}}
	packed, err := diagnostics.Zip(files, time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	got, err := diagnostics.Unzip(packed)
	if err != nil {
		t.Fatal(err)
	}
	want := []diagnostics.File{
		{Name: "README.txt", Content: []byte("a.json\r\n    what a is\r\nlogs/b\r\n    \r\n")},
		{Name: "a.json", Content: []byte("1")},
		{Name: "logs/b", Content: []byte("2")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unpacked (-want +got):\n%s", diff)
	}
}
