package zones_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"lockstep/resources/zones"
)

func table(t *testing.T) map[string][]string {
	t.Helper()
	b, err := os.ReadFile("zones.tsv")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for line := range strings.Lines(string(b)) {
		id, names, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || out[id] != nil {
			t.Fatalf("line %q has no name or comes twice", line)
		}
		out[id] = strings.Fields(names)
	}
	return out
}

func TestTable_EveryNameIsKnownOnceAndLeadsBack(t *testing.T) {
	rows := table(t)
	if len(rows) < 130 {
		t.Errorf("%d Windows ids, want at least 130", len(rows))
	}
	owner := map[string]string{}
	for id, names := range rows {
		if got, ok := zones.ToIANA(id); !ok || got != names[0] {
			t.Errorf("ToIANA(%q) = %q, %v, want %q", id, got, ok, names[0])
		}
		for _, name := range names {
			if other, twice := owner[name]; twice {
				t.Errorf("%s belongs to %q and %q", name, other, id)
			}
			owner[name] = id
			if got, ok := zones.ToWindows(name); !ok || got != id {
				t.Errorf("ToWindows(%q) = %q, %v, want %q", name, got, ok, id)
			}
			if _, err := time.LoadLocation(name); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
}

// The names of one id show the same clock today, or else a span that goes
// there and back would move.
func TestTable_NamesOfOneIDShareTheirClockNow(t *testing.T) {
	for id, names := range table(t) {
		first, err := time.LoadLocation(names[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names[1:] {
			loc, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			differ := 0
			for day := range 365 {
				at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, day)
				_, a := at.In(first).Zone()
				_, b := at.In(loc).Zone()
				if a != b {
					differ++
				}
			}
			if differ > 0 {
				t.Errorf("%s: %s and %s differ on %d days of 2026", id, names[0], name, differ)
			}
		}
	}
}

func TestToWindows_KnowsEveryNameOfTheDatabase(t *testing.T) {
	z, err := zip.OpenReader(filepath.Join(runtime.GOROOT(), "lib", "time", "zoneinfo.zip")) //nolint:staticcheck // the toolchain that runs the test
	if err != nil {
		t.Skipf("the toolchain has no zone database: %v", err)
	}
	defer z.Close()
	// No id has the clocks of these, British Columbia's since it keeps summer time for good (the database
	// of 2026b); Factory is no zone.
	none := map[string]bool{
		"America/Vancouver": true, "Canada/Pacific": true, "Antarctica/Troll": true, "America/Scoresbysund": true, "Antarctica/Vostok": true, "Antarctica/Casey": true, "Factory": true,
	}
	seen := 0
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		seen++
		if _, ok := zones.ToWindows(f.Name); ok == none[f.Name] {
			t.Errorf("ToWindows(%q) = %v, want %v", f.Name, ok, !none[f.Name])
		}
	}
	if seen < 500 {
		t.Errorf("the database has %d names, want at least 500", seen)
	}
}

func TestKnownPairs(t *testing.T) {
	for iana, want := range map[string]string{
		"Europe/Helsinki": "FLE Standard Time", "Europe/Amsterdam": "W. Europe Standard Time", "Europe/Berlin": "W. Europe Standard Time",
		"Europe/Kiev": "FLE Standard Time", "Europe/Kyiv": "FLE Standard Time", "America/New_York": "Eastern Standard Time", "US/Eastern": "Eastern Standard Time",
		"Asia/Tokyo": "Tokyo Standard Time", "Asia/Kathmandu": "Nepal Standard Time", "Asia/Katmandu": "Nepal Standard Time",
		"Asia/Calcutta": "India Standard Time", "Asia/Kolkata": "India Standard Time", "UTC": "UTC", "Etc/UTC": "UTC", "Zulu": "UTC",
		"Etc/GMT+12": "Dateline Standard Time", "Etc/GMT+2": "UTC-02", "Etc/GMT-13": "UTC+13", "GMT": "UTC", "europe/helsinki": "FLE Standard Time",
		"America/Buenos_Aires": "Argentina Standard Time", "Asia/Rangoon": "Myanmar Standard Time", "America/Godthab": "Greenland Standard Time",
	} {
		if got, ok := zones.ToWindows(iana); !ok || got != want {
			t.Errorf("ToWindows(%q) = %q, %v, want %q", iana, got, ok, want)
		}
	}
	for windows, want := range map[string]string{
		"FLE Standard Time": "Europe/Kyiv", "W. Europe Standard Time": "Europe/Berlin", "India Standard Time": "Asia/Kolkata",
		"Nepal Standard Time": "Asia/Kathmandu", "UTC": "UTC", "tzone://Microsoft/Utc": "UTC", "utc": "UTC", "Tokyo Standard Time": "Asia/Tokyo",
	} {
		if got, ok := zones.ToIANA(windows); !ok || got != want {
			t.Errorf("ToIANA(%q) = %q, %v, want %q", windows, got, ok, want)
		}
	}
	for _, bad := range []string{"", "Customized Time Zone", "tzone://Microsoft/Custom", "Europe/Helsinki"} {
		if got, ok := zones.ToIANA(bad); ok {
			t.Errorf("ToIANA(%q) = %q, want nothing", bad, got)
		}
	}
	for _, bad := range []string{"", "Mars/Olympus", "FLE Standard Time"} {
		if got, ok := zones.ToWindows(bad); ok {
			t.Errorf("ToWindows(%q) = %q, want nothing", bad, got)
		}
	}
}

func TestNames_AreEachIDsOwnOnce(t *testing.T) {
	names, want := zones.Names(), map[string]bool{}
	for _, all := range table(t) {
		want[all[0]] = true
	}
	for _, name := range names {
		if !want[name] {
			t.Errorf("%s comes twice, or no id leads to it", name)
		}
		delete(want, name)
	}
	if len(want) > 0 || len(names) < 130 {
		t.Errorf("%d names, without %v", len(names), want)
	}
}
