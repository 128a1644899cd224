package main

import (
	"bufio"
	"bytes"
	gocmp "cmp"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/severa/severasim"
)

var update = flag.Bool("update", false, "write the manifest of the demo anew from the sample")

// listed is one entry as a client from elsewhere sees it, each occurrence of a
// series for itself: times in UTC, or
// days with an exclusive end; people by address, without the owner.
type listed struct {
	Subject  string   `json:"subject"`
	Start    string   `json:"start"`
	End      string   `json:"end"`
	AllDay   bool     `json:"all_day"`
	Location string   `json:"location"`
	Notes    string   `json:"notes"`
	Private  bool     `json:"private"`
	People   []string `json:"people"`
}

// manifest is what both systems hold, by owner's address.
type manifest struct {
	Exchange map[string][]listed `json:"exchange"`
	Severa   map[string][]listed `json:"severa"`
}

func (m manifest) sorted() manifest {
	for _, side := range []map[string][]listed{m.Exchange, m.Severa} {
		for _, entries := range side {
			slices.SortFunc(entries, func(a, b listed) int {
				return gocmp.Or(strings.Compare(a.Start, b.Start), strings.Compare(a.Subject, b.Subject), strings.Compare(a.End, b.End),
					slices.Compare(a.People, b.People))
			})
		}
	}
	return m
}

// expected is what has to be in both systems in the end, by the rules alone:
// it looks at the sample's own entries and at nothing that a sync has done.
func expected(o *sample.Office) manifest {
	m := manifest{Exchange: map[string][]listed{}, Severa: map[string][]listed{}}
	var all []sample.Entry // each time an entry takes place
	for _, e := range o.Entries {
		if !e.Deleted {
			all = append(all, e.Occurrences()...)
		}
	}
	for _, e := range all {
		owner, inside, outside := o.Names(e)
		kept := e.Kind != sample.Old && e.Kind != sample.Task // these stay where they are
		entry := listed{
			Subject: e.Subject, Start: e.Start.UTC().Format(time.RFC3339), End: e.End.UTC().Format(time.RFC3339),
			AllDay: e.AllDay, Location: e.Location, Notes: e.Notes, Private: e.Private, People: []string{},
		}
		if e.AllDay {
			entry.Start, entry.End = e.Start.Format(time.DateOnly), e.End.Format(time.DateOnly)
		}
		if e.Severa || kept {
			in := entry
			in.People = append([]string{}, inside...)
			if names := o.Guests(e); e.Kind == sample.Meeting && !e.Severa && len(names) > 0 {
				list := "—— Also invited (this list is kept by Lockstep) ——\n" + strings.Join(names, "\n") + "\n————"
				in.Notes = strings.TrimPrefix(in.Notes+"\n\n"+list, "\n\n")
			}
			m.Severa[owner] = append(m.Severa[owner], in)
		}
		if e.Exchange || kept {
			in := entry
			if e.Kind == sample.Meeting { // copies that Lockstep makes invite nobody
				in.People = append(append([]string{}, inside...), outside...)
				slices.Sort(in.People)
			}
			for _, member := range append([]string{owner}, inside...) {
				m.Exchange[member] = append(m.Exchange[member], in)
			}
		}
	}
	return m.sorted()
}

// theirs is what the simulators hold.
func theirs(t *testing.T, o *sample.Open) manifest {
	t.Helper()
	m := manifest{Exchange: map[string][]listed{}, Severa: map[string][]listed{}}
	for _, p := range o.People {
		items, err := o.Exchange.Items(p.Email, "calendar")
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range items {
			e := listed{
				Subject: it.Subject, Start: it.Start.UTC().Format(time.RFC3339), End: it.End.UTC().Format(time.RFC3339), AllDay: it.AllDay,
				Location: it.Location, Notes: it.Body.Text, Private: it.Sensitivity == "Private", People: []string{},
			}
			for _, a := range it.Attendees() {
				e.People = append(e.People, a.Address)
			}
			m.Exchange[p.Email] = append(m.Exchange[p.Email], e)
		}
	}
	users := map[string]string{}
	for _, u := range o.Severa.Users() {
		users[u.GUID] = u.Email
	}
	for _, a := range o.Severa.Activities() {
		e := listed{
			Subject: a.Name, Start: a.Start.UTC().Format(time.RFC3339), End: a.End.UTC().Format(time.RFC3339), AllDay: a.AllDay,
			Location: a.Location, Notes: a.Notes, Private: a.TypeGUID == o.Severa.TypeOf(severasim.Personal), People: []string{},
		}
		for _, p := range a.Participants {
			e.People = append(e.People, users[p.Who])
		}
		slices.Sort(e.People)
		m.Severa[users[a.OwnerGUID]] = append(m.Severa[users[a.OwnerGUID]], e)
	}
	return m.sorted()
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const manifestFile = "testdata/demo_manifest.json"

// madeByHand is the sample on the demo's Monday after the day's work, without any sync.
func madeByHand(t *testing.T) *sample.Office {
	t.Helper()
	c := newClock()
	o, err := sample.New(sample.Options{Now: c.now, Highlights: true})
	if err != nil {
		t.Fatal(err)
	}
	c.pass(time.Hour)
	if _, err := o.Edit(c.now(), c.pass); err != nil {
		t.Fatal(err)
	}
	return o
}

// TestManifest_IsTheSamples holds the committed manifest to the sample that it
// was written from, so that a change of the sample is seen in review.
func TestManifest_IsTheSamples(t *testing.T) {
	got := marshal(t, expected(madeByHand(t)))
	if *update {
		if err := os.WriteFile(manifestFile, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(manifestFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the sample is not what the manifest says (-manifest +sample); write it anew with -update:\n%s", diff)
	}
}

// need skips a test whose clients from elsewhere are not installed, which in
// CI is a failure.
func need(t *testing.T, name string, cmd ...string) {
	t.Helper()
	if exec.CommandContext(t.Context(), cmd[0], cmd[1:]...).Run() == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed; `make setup` installs it", name)
	}
	t.Skipf("%s is not installed; `make setup` installs it", name)
}

// TestDemo_LeavesBothSidesAsTheManifestSays runs the demo as a person would and
// has both servers listed by clients that nobody here wrote.
func TestDemo_LeavesBothSidesAsTheManifestSays(t *testing.T) {
	t.Parallel()
	need(t, "python3-exchangelib", "/usr/bin/python3", "-c", "import exchangelib")
	need(t, "curl", "curl", "--version")
	need(t, "jq", "jq", "--version")
	text, err := os.ReadFile(manifestFile)
	if err != nil {
		t.Fatal(err)
	}
	want := decode[manifest](t, string(text))

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "lockstepctl")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	demo := exec.CommandContext(t.Context(), program, "demo", "--serve")
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	demo.Stderr = &errs
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	access := ""
	for lines := bufio.NewScanner(out); access == "" && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), `{"exchange"`) {
			access = lines.Text()
		}
		said.WriteString(lines.Text() + "\n")
	}
	if access == "" {
		t.Fatalf("the demo ended before it served: %v\n%s\n%s", demo.Wait(), said.String(), errs.String())
	}
	got := manifest{
		Exchange: list(t, access, "/usr/bin/python3", "testdata/foreign/list_exchange.py"),
		Severa:   list(t, access, "sh", "testdata/foreign/list_severa.sh"),
	}
	if err := demo.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := demo.Wait(); err != nil {
		t.Errorf("the demo ended with %v\n%s", err, errs.String())
	}
	if diff := cmp.Diff(want, got.sorted()); diff != "" {
		t.Errorf("both systems after the demo (-manifest +listed)\n%s", diff)
	}
	for _, line := range []string{"Nothing was written: both systems are in step.", "The servers counted the same"} {
		if !strings.Contains(said.String(), line) {
			t.Errorf("the demo does not say %q:\n%s", line, said.String())
		}
	}
	for _, line := range strings.Split(said.String(), "\n") {
		if n := len([]rune(line)); n > lineWidth && !strings.HasPrefix(line, "{") {
			t.Errorf("a line has %d characters, more than %d: %q", n, lineWidth, line)
		}
	}
}

func list(t *testing.T, access string, cmd ...string) map[string][]listed {
	t.Helper()
	c := exec.CommandContext(t.Context(), cmd[0], cmd[1:]...)
	c.Env = append(os.Environ(), opensslConf)
	var errs bytes.Buffer
	c.Stdin, c.Stderr = strings.NewReader(access), &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, errs.String())
	}
	return decode[map[string][]listed](t, string(out))
}

// opensslConf lets Debian's Python do NTLM, whose MD4 lies in a part of OpenSSL
// 3 that is switched off.
const opensslConf = "OPENSSL_CONF=../../sync/exchange/ewssim/foreign/testdata/openssl.cnf"
