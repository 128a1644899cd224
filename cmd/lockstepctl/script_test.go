package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// TestScripts runs testdata/*.txtar. Besides testscript's own, a script has
// these commands:
//
//	office [-people N] [-items N] [-tls] [-expired] [-faults FILE]
//	    starts both servers and writes office.toml, and ca files with -tls
//	setup
//	    sets the home up for them, secrets included
//	exits CODE PROGRAM ARGS...
//	    runs a program, demands its exit code, leaves its output in out and err
//	steer WHAT ARGS...
//	    does something to the servers that no client can; see steer
//	faults FILE
//	    makes Severa misbehave by that script from now on; without FILE no more
//	writes N
//	    demands that both servers were made to write N times since the last reset
//	settled
//	    demands that a sync has nothing to do
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("LOCKSTEP_HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("LOCKSTEP_PASSPHRASE", "open sesame")
			e.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(e.WorkDir, "none"))
			e.Setenv("XDG_RUNTIME_DIR", e.WorkDir)
			e.Values[stageKey{}] = &stage{}
			small := filepath.Join(e.WorkDir, "small")
			e.Defer(func() { _ = exec.Command("umount", small).Run() }) //nolint:noctx // after a script that failed
			return os.Chmod(e.WorkDir, 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"office": opened, "setup": setUp, "exits": exits, "approves": approves, "undoes": undoes, "answers": answers, "chooses": chooses, "steer": steer, "faults": faults, "writes": wrote, "settled": settled,
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Getuid() == 0, nil
			case "tmpfs":
				return mountable(t), nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
	})
}

// mountable tries whether a small disk can be made: root in a container often
// may not.
func mountable(t *testing.T) bool {
	dir := t.TempDir()
	if exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=64k", "none", dir).Run() != nil {
		return false
	}
	return exec.CommandContext(t.Context(), "umount", dir).Run() == nil
}

type stageKey struct{}

// stage is the office of one script.
type stage struct{ open *sample.Open }

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func opened(ts *testscript.TestScript, _ bool, args []string) {
	f := flag.NewFlagSet("office", flag.ContinueOnError)
	o := sample.Options{Now: time.Now, Rate: -1}
	f.IntVar(&o.People, "people", 2, "")
	f.IntVar(&o.Entries, "items", 8, "")
	tls := f.Bool("tls", false, "")
	f.BoolVar(&o.ExpiredCertificate, "expired", false, "")
	script := f.String("faults", "", "")
	ts.Check(f.Parse(args))
	if *script != "" {
		rules, err := ewssim.ParseFaults(strings.NewReader(ts.ReadFile(*script)))
		ts.Check(err)
		o.Faults = rules
	}
	made, err := sample.New(o)
	ts.Check(err)
	open, err := made.Start("127.0.0.1:0", "127.0.0.1:0", *tls)
	ts.Check(err)
	ts.Defer(func() { ts.Check(open.Close()) })
	stageOf(ts).open = open
	text := officeFile(open.Access)
	if *tls {
		text = strings.Replace(text, "[severa]", "ca_file = \"exchange-ca.pem\"\n[severa]\nca_file = \"severa-ca.pem\"", 1)
		ts.Check(os.WriteFile(ts.MkAbs("exchange-ca.pem"), []byte(open.Access.Exchange.CA), 0o600))
		ts.Check(os.WriteFile(ts.MkAbs("severa-ca.pem"), []byte(open.Access.Severa.CA), 0o600))
	}
	ts.Check(os.WriteFile(ts.MkAbs("office.toml"), []byte(text), 0o600))
}

// program runs lockstepctl or another program as the script would.
func program(ts *testscript.TestScript, stdin, name string, args ...string) (out, errs string, code int) {
	c := exec.Command(name, args...) //nolint:noctx // a script's own command
	c.Dir = ts.MkAbs(".")
	for _, k := range []string{"PATH", "HOME", "TMPDIR", "LOCKSTEP_HOME", "LOCKSTEP_PASSPHRASE", "LOCKSTEP_TEST_POLICY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"} {
		c.Env = append(c.Env, k+"="+ts.Getenv(k))
	}
	var o, e bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &o, &e
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%s %v: %v", name, args, err)
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	out, errs, code := program(ts, "", args[1], args[2:]...)
	ts.Logf("%s%s", out, errs)
	ts.Check(os.WriteFile(ts.MkAbs("out"), []byte(out), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("err"), []byte(errs), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("all"), []byte(out+errs), 0o600))
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// approves approves what the last preview showed, as its own last line says.
func approves(ts *testscript.TestScript, neg bool, args []string) {
	found := regexp.MustCompile(`--approve ([0-9a-f]+)`).FindStringSubmatch(ts.ReadFile("out"))
	if found == nil {
		ts.Fatalf("the output offers nothing to approve")
	}
	exits(ts, neg, append(args, "lockstepctl", "sync", "--once", "--approve", found[1]))
}

// undoes does what the last preview of an undo offers.
func undoes(ts *testscript.TestScript, neg bool, args []string) {
	found := regexp.MustCompile(`lockstepctl undo (\d+) --approve ([0-9a-f]+)`).FindStringSubmatch(ts.ReadFile("out"))
	if found == nil {
		ts.Fatalf("the output offers nothing to undo")
	}
	exits(ts, neg, append(args, "lockstepctl", "undo", found[1], "--approve", found[2]))
}

// answers resolves the decision about an entry of that name.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	out, errs, code := program(ts, "", "lockstepctl", "resolve")
	found := regexp.MustCompile(`(?m)^([0-9a-f]{8})  .*“` + args[1] + `”`).FindStringSubmatch(out)
	if code != 0 || found == nil {
		ts.Fatalf("no decision about %s waits: exit code %d\n%s%s", args[1], code, out, errs)
	}
	exits(ts, neg, append([]string{args[0], "lockstepctl", "resolve", found[1]}, args[2:]...))
}

// chooses makes choices about the rows of the entries of these names in a preview;
// a choice pair:NAME is with the row of that other entry.
func chooses(ts *testscript.TestScript, neg bool, args []string) {
	out, errs, code := program(ts, "", "lockstepctl", "preview", "--all")
	row := func(name string) string {
		found := regexp.MustCompile(`(?m)^  ([0-9a-f]{12})  .*  ` + regexp.QuoteMeta(name) + `  `).FindStringSubmatch(out)
		if code != 0 || found == nil {
			ts.Fatalf("no row about %s: exit code %d\n%s%s", name, code, out, errs)
		}
		return found[1]
	}
	call := []string{args[0], "lockstepctl", "preview", "--all"}
	for _, arg := range args[1:] {
		name, choice, _ := strings.Cut(arg, "=")
		if other, ok := strings.CutPrefix(choice, "pair:"); ok {
			choice = "pair:" + row(other)
		}
		call = append(call, "--choose", row(name)+"="+choice)
	}
	exits(ts, neg, call)
}

func setUp(ts *testscript.TestScript, _ bool, _ []string) {
	a := stageOf(ts).open.Access
	for _, step := range []struct {
		stdin string
		args  []string
	}{
		{"", []string{"setup", "--file", "office.toml"}},
		{a.Exchange.Password, []string{"secret", "set", "exchange"}},
		{a.Severa.ClientSecret, []string{"secret", "set", "severa"}},
	} {
		if out, errs, code := program(ts, step.stdin, "lockstepctl", step.args...); code != 0 {
			ts.Fatalf("%v: exit code %d\n%s%s", step.args, code, out, errs)
		}
	}
}

func faults(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts).open
	if len(args) == 0 {
		s.Severa.SetFaults(nil)
		return
	}
	rules, err := ewssim.ParseFaults(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	s.Severa.SetFaults(rules)
}

func wrote(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts).open
	if got := s.Exchange.WriteTotal() + s.Severa.Counts().TotalWrites(); strconv.Itoa(got) != args[0] {
		ts.Fatalf("the servers were made to write %d times, want %s", got, args[0])
	}
}

func settled(ts *testscript.TestScript, _ bool, _ []string) {
	out, errs, code := program(ts, "", "lockstepctl", "sync", "--once", "--json")
	if code != 0 || !strings.Contains(out, `"writes": 0`) {
		ts.Fatalf("a sync has something to do still: exit code %d\n%s%s", code, out, errs)
	}
}

// steer does to the servers what only their owners can.
func steer(ts *testscript.TestScript, _ bool, args []string) {
	o := stageOf(ts).open
	first := o.People[0]
	switch args[0] {
	case "reset": // the counters
		o.Exchange.ResetCounters()
		o.Severa.ResetCounts()
	case "unmade": // demands that nothing was made or deleted since the counters were reset
		n := o.Severa.Counts().Writes
		for c := range o.Exchange.Writes() {
			if c.Op != "UpdateItem" && !strings.HasSuffix(c.Op, " Message") { // a message is a note of our own
				ts.Fatalf("Exchange counts %v", o.Exchange.Writes())
			}
		}
		if n["POST /v1/activities"]+n["DELETE /v1/activities/{guid}"] > 0 {
			ts.Fatalf("Severa counts %v", n)
		}
	case "unmark", "vanish": // takes the mark off the first person's first entry; deletes the last one
		items, err := o.Exchange.Items(first.Email, "calendar")
		ts.Check(err)
		items = slices.DeleteFunc(items, func(it ewssim.Stored) bool { return !it.IsCalendar() || it.Associated || len(it.Ext) == 0 })
		if args[0] == "vanish" {
			ts.Check(o.Exchange.Drop(items[len(items)-1].ID, false))
			return
		}
		ts.Check(o.Exchange.Edit(items[0].ID, func(it *ewssim.Item) { it.Ext = nil }))
	case "rename": // the first person's first entry in Exchange
		items, err := o.Exchange.Items(first.Email, "calendar")
		ts.Check(err)
		ts.Check(o.Exchange.Edit(items[0].ID, func(it *ewssim.Item) { it.Subject += " (new)" }))
	case "revoke": // the right to act for others
		o.Exchange.RevokeImpersonation(sample.ServiceUser)
	case "grant":
		o.Exchange.AllowImpersonation(sample.ServiceUser)
	case "scopes": // what Severa's client may ask for
		o.Severa.SetClient(sample.ClientID, sample.ClientSecret, strings.Split(args[1], ","))
		o.Severa.RevokeTokens()
	case "subject": // a new entry of the first person with a subject of so many bytes, in Exchange
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		start := time.Now().Add(48 * time.Hour).Truncate(time.Hour)
		_, err = o.Exchange.Put(first.Email, "", ewssim.Item{Subject: strings.Repeat("å", n/2), Start: start, End: start.Add(time.Hour)})
		ts.Check(err)
	case "bell": // a new entry of the first person in Exchange with a bell in its subject
		start := time.Now().Add(96 * time.Hour).Truncate(time.Hour)
		_, err := o.Exchange.Put(first.Email, "", ewssim.Item{Subject: bellRings, Start: start, End: start.Add(time.Hour)})
		ts.Check(err)
	case "rings": // demands that Exchange still holds what bell has put there
		items, err := o.Exchange.Items(first.Email, "calendar")
		ts.Check(err)
		if !slices.ContainsFunc(items, func(it ewssim.Stored) bool { return it.Subject == bellRings }) {
			ts.Fatalf("Exchange does not hold %q any more", bellRings)
		}
	case "long": // a new activity of the first person with a subject of so many bytes
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		addActivity(ts, o, severasim.Activity{Name: "Pitkä " + strings.Repeat("ö", n/2)})
	case "nul": // a new activity of the first person with a NUL in its notes
		addActivity(ts, o, severasim.Activity{Name: "Muistio", Notes: "before\x00after"})
	case "whole": // demands that Severa still holds what long and nul have put there
		whole := 0
		for _, a := range o.Severa.Activities() {
			if len(a.Name) > 60_000 || a.Notes == "before\x00after" {
				whole++
			}
		}
		if strconv.Itoa(whole) != args[1] {
			ts.Fatalf("Severa holds %d whole texts, want %s", whole, args[1])
		}
	case "empty": // the first person's calendar in Exchange
		items, err := o.Exchange.Items(first.Email, "calendar")
		ts.Check(err)
		for _, it := range items {
			ts.Check(o.Exchange.Drop(it.ID, true))
		}
	case "activity": // demands one of that name in Severa
		if !hasActivity(o.Severa, args[1]) {
			ts.Fatalf("Severa has no %q", args[1])
		}
	case "inactive": // demands none of that name in Severa
		if hasActivity(o.Severa, args[1]) {
			ts.Fatalf("Severa has %q", args[1])
		}
	case "dump": // what everybody sees on both sides, into a file
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(dump(ts, o)), 0o600))
	case "drop": // an entry of the first person in Exchange, by a person's hand
		for _, it := range itemsOf(ts, o, first.Email) {
			if it.Subject == args[1] {
				ts.Check(o.Exchange.Drop(it.ID, false))
			}
		}
	case "drops": // the first so many entries of the first person in Exchange that are to come, by a person's hand
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		for _, it := range itemsOf(ts, o, first.Email) {
			if n > 0 && it.Start.After(time.Now()) && len(it.Required) == 0 {
				n--
				ts.Check(o.Exchange.Drop(it.ID, false))
			}
		}
	case "pile": // so many activities of the first person, one every two hours from tomorrow on
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		for i := range n {
			start := time.Now().Add(time.Duration(12+i) * 2 * time.Hour).Truncate(time.Hour)
			addActivity(ts, o, severasim.Activity{Name: "Pino " + strconv.Itoa(i), Start: start})
		}
	case "touch": // writes into the notes of the first person's so many newest entries in Exchange
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		items := slices.DeleteFunc(itemsOf(ts, o, first.Email), func(it ewssim.Stored) bool { return !it.IsCalendar() || it.Associated })
		slices.SortFunc(items, func(a, b ewssim.Stored) int { return cmp.Compare(b.CreatedCN, a.CreatedCN) })
		for _, it := range items[:n] {
			ts.Check(o.Exchange.Edit(it.ID, func(it *ewssim.Item) { it.Body.Text = "Touched since." }))
		}
	case "wrote": // demands that the servers were made to write so many times or more
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		if got := o.Exchange.WriteTotal() + o.Severa.Counts().TotalWrites(); got < n {
			ts.Fatalf("the servers were made to write %d times, want %d or more", got, n)
		}
	case "retitle": // gives an entry of the first person another subject, in Exchange
		for _, it := range itemsOf(ts, o, first.Email) {
			if it.Subject == args[1] {
				ts.Check(o.Exchange.Edit(it.ID, func(it *ewssim.Item) { it.Subject = args[2] }))
			}
		}
	case "place": // sets the place of an entry of the first person in Severa and in Exchange
		for _, a := range o.Severa.Activities() {
			if a.Name == args[1] {
				ts.Check(o.Severa.EditActivity(a.GUID, func(a *severasim.Activity) { a.Location = args[2] }))
			}
		}
		for _, it := range itemsOf(ts, o, first.Email) {
			if it.Subject == args[1] {
				ts.Check(o.Exchange.Edit(it.ID, func(it *ewssim.Item) { it.Location = args[3] }))
			}
		}
	case "notes": // sets the notes of an entry of the first person in Severa and in Exchange
		for _, a := range o.Severa.Activities() {
			if a.Name == args[1] {
				ts.Check(o.Severa.EditActivity(a.GUID, func(a *severasim.Activity) { a.Notes = args[2] }))
			}
		}
		for _, it := range itemsOf(ts, o, first.Email) {
			if it.Subject == args[1] {
				ts.Check(o.Exchange.Edit(it.ID, func(it *ewssim.Item) { it.Body.Text = args[3] }))
			}
		}
	case "reads": // demands these notes on both sides
		if got := regexp.MustCompile(`(?m)\|`+regexp.QuoteMeta(args[1])+`\|.*\|`+regexp.QuoteMeta(args[2])+`$`).FindAllString(dump(ts, o), -1); len(got) != 2 {
			ts.Fatalf("%q does not have the notes %q on both sides:\n%s", args[1], args[2], dump(ts, o))
		}
	case "places": // demands that place on both sides
		if got := dump(ts, o); strings.Count(got, "|"+args[1]+"|") != 2 || strings.Count(got, "|"+args[2]+"|") != 2 {
			ts.Fatalf("%q is not at %q on both sides:\n%s", args[1], args[2], got)
		}
	case "meet": // a meeting of the first person's in Exchange, with the second and two from outside, in so many days, and weekly from then on
		days, err := strconv.Atoi(args[2])
		ts.Check(err)
		start := time.Now().Add(time.Duration(days) * 24 * time.Hour).Truncate(time.Hour)
		it := ewssim.Item{Subject: args[1], Start: start, End: start.Add(time.Hour), State: 1, Organizer: ewssim.Person{Name: first.Name(), Address: first.Email}}
		for _, to := range []string{o.People[1].Email, "kim@elsewhere.example", "zed@elsewhere.example"} {
			it.Required = append(it.Required, ewssim.Attendee{Person: ewssim.Person{Address: to}})
		}
		if slices.Contains(args, "weekly") {
			it.Rule = &ewssim.Rule{Pattern: ewssim.Weekly, Interval: 1, Days: 1 << start.Weekday(), FirstDay: time.Monday, Count: 4, Start: ewssim.DayOf(start)}
		}
		kept, err := o.Exchange.Put(first.Email, "", it)
		ts.Check(err)
		if it.Rule != nil {
			ts.Check(o.Exchange.EditOccurrence(kept.ID, ewssim.DayOf(start.AddDate(0, 0, 7)), func(it *ewssim.Item) { it.Location = "elsewhere" }))
		}
	case "gather": // a meeting of the first person's in Exchange, with everybody in the office, in so many days
		gather(ts, o, args[1], args[2])
	case "together": // demands that all copies of it tell one time, and whether Severa tells the same: yes or no
		together(ts, o, args[1], args[2] == "yes")
	case "invite": // a meeting that somebody from outside has called, in so many days, in the mailbox of the person of that number
		invite(ts, o, args[1], args[2], args[3])
	case "replies": // has the person of that number answer the meeting of that subject, and the first person's copy tell it
		replies(ts, o, args[1], args[2], args[3])
	case "seated": // demands that exactly these persons, by number, are in Severa's activity, and that everybody has one copy of it
		seated(ts, o, args[1], args[2:])
	case "calls": // has the first person's meeting of that subject with exactly these people
		for _, it := range itemsOf(ts, o, first.Email) {
			if it.Subject == args[1] {
				ts.Check(o.Exchange.Edit(it.ID, func(it *ewssim.Item) {
					it.Required = nil
					for _, to := range args[2:] {
						it.Required = append(it.Required, ewssim.Attendee{Person: ewssim.Person{Address: to}})
					}
				}))
			}
		}
	case "listed": // demands that exactly these people from elsewhere are named in Severa's activity, and none in Exchange's text
		for _, a := range o.Severa.Activities() {
			if a.Name != args[1] {
				continue
			}
			for _, who := range args[2:] {
				if strings.Count(a.Notes, who) != 1 {
					ts.Fatalf("Severa's notes do not name %s once:\n%s", who, a.Notes)
				}
			}
			if n := strings.Count(a.Notes, "@"); n != len(args)-2 {
				ts.Fatalf("Severa's notes name %d people:\n%s", n, a.Notes)
			}
		}
		for _, it := range itemsOf(ts, o, first.Email) {
			if it.Subject == args[1] && strings.Contains(it.Body.Text, "@") {
				ts.Fatalf("the list is in the text of the meeting:\n%s", it.Body.Text)
			}
		}
	case "noted": // sets the notes of an activity in Severa, without the list
		for _, a := range o.Severa.Activities() {
			if a.Name == args[1] {
				ts.Check(o.Severa.EditActivity(a.GUID, func(a *severasim.Activity) { a.Notes = args[2] }))
			}
		}
	case "later": // moves an activity in Severa by an hour
		for _, a := range o.Severa.Activities() {
			if a.Name == args[1] {
				ts.Check(o.Severa.EditActivity(a.GUID, func(a *severasim.Activity) { a.Start, a.End = a.Start.Add(time.Hour), a.End.Add(time.Hour) }))
			}
		}
	case "mailed": // demands that exactly these kinds of mail went to exactly these people, in any order
		var got []string
		for _, m := range o.Exchange.Mail() {
			got = append(got, m.Kind.String()+":"+m.To)
		}
		want := slices.Sorted(slices.Values(args[1:]))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			ts.Fatalf("Exchange has mailed %v, want %v", got, want)
		}
	case "here", "there": // a new entry of that name in two days, and so many hours later, in Severa, or in Exchange
		hours, err := strconv.Atoi(args[2])
		ts.Check(err)
		start := time.Now().Add(48 * time.Hour).Truncate(24 * time.Hour).Add(time.Duration(hours) * time.Hour)
		if args[0] == "here" {
			addActivity(ts, o, severasim.Activity{Name: args[1], Start: start})
			return
		}
		_, err = o.Exchange.Put(first.Email, "", ewssim.Item{Subject: args[1], Start: start, End: start.Add(time.Hour)})
		ts.Check(err)
	case "held": // demands that so many entries of that name are in all calendars
		if got := strings.Count(dump(ts, o), "|"+args[1]+"|"); strconv.Itoa(got) != args[2] {
			ts.Fatalf("%d entries %q, want %s:\n%s", got, args[1], args[2], dump(ts, o))
		}
	case "erase": // an activity in Severa, by a person's hand
		for _, a := range o.Severa.Activities() {
			if a.Name == args[1] {
				ts.Check(o.Severa.RemoveActivity(a.GUID))
			}
		}
	case "holds": // demands an entry of that subject in the first person's calendars on both sides
		if !hasActivity(o.Severa, args[1]) {
			ts.Fatalf("Severa has no %q", args[1])
		}
		items, err := o.Exchange.Items(first.Email, "calendar")
		ts.Check(err)
		for _, it := range items {
			if it.Subject == args[1] && (len(args) < 3 || it.Body.Text == args[2]) {
				return
			}
		}
		ts.Fatalf("Exchange has no %q", args[1])
	default:
		ts.Fatalf("steer: unknown %q", args[0])
	}
}

const bellRings = "Kello\asoi"

// addActivity adds an activity of the first person's, in three days unless it says when.
func addActivity(ts *testscript.TestScript, o *sample.Open, a severasim.Activity) {
	if a.Start.IsZero() {
		a.Start = time.Now().Add(72 * time.Hour).Truncate(time.Hour)
	}
	a.End, a.HasDuration = a.Start.Add(time.Hour), true
	a.TypeGUID, a.OwnerGUID = o.Severa.TypeOf(severasim.CalendarEntry), o.Severa.Users()[0].GUID
	_, err := o.Severa.AddActivity(a)
	ts.Check(err)
}

func itemsOf(ts *testscript.TestScript, o *sample.Open, email string) []ewssim.Stored {
	items, err := o.Exchange.Items(email, "calendar")
	ts.Check(err)
	return items
}

// dump is what people see in all calendars, without ids and times of change.
func dump(ts *testscript.TestScript, o *sample.Open) string {
	var lines []string
	for _, p := range o.People {
		for _, it := range itemsOf(ts, o, p.Email) {
			lines = append(lines, fmt.Sprintf("exchange %s|%s|%s|%s|%s|%s", p.Email, it.Subject, it.Start.UTC(), it.End.UTC(), it.Location, it.Body.Text))
		}
	}
	for _, a := range o.Severa.Activities() {
		lines = append(lines, fmt.Sprintf("severa %s|%s|%s|%s|%s|%s", a.OwnerGUID, a.Name, a.Start.UTC(), a.End.UTC(), a.Location, a.Notes))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}
