package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/cmd/internal/canary"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// canaries are what must not be found in anything that the program leaves.
var canaries = map[string]string{
	"subject in Exchange":  "Kanarienvogel-Betreff-7381",
	"location in Exchange": "Kanarienvogel-Ort-2290",
	"notes in Exchange":    "Kanarienvogel-Notiz-5512",
	"private subject":      "Kanarienvogel-Privat-9914",
	"guest":                "kanarienvogel.gast.4471",
	"subject in Severa":    "Kanarienvogel-Aktivitaet-6020",
	"location in Severa":   "Kanarienvogel-Raum-8183",
	"notes in Severa":      "Kanarienvogel-Memo-3357",
}

// plant puts the canaries into both systems.
func plant(t *testing.T, r *rig) (item, private, activity string) {
	t.Helper()
	who, start := r.office.People[0], time.Now().Add(72*time.Hour).Truncate(time.Hour)
	put := func(it ewssim.Item) string {
		made, err := r.office.Exchange.Put(who.Email, "", it)
		if err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	item = put(ewssim.Item{
		Subject: canaries["subject in Exchange"], Location: canaries["location in Exchange"],
		Body: ewssim.Body{Text: canaries["notes in Exchange"]}, Start: start, End: start.Add(time.Hour),
		Required: []ewssim.Attendee{{Person: ewssim.Person{Name: "Guest", Address: canaries["guest"] + "@elsewhere.test"}}},
	})
	private = put(ewssim.Item{Subject: canaries["private subject"], Sensitivity: "Private", Start: start.Add(2 * time.Hour), End: start.Add(3 * time.Hour)})
	activity, err := r.office.Severa.AddActivity(severasim.Activity{
		Name: canaries["subject in Severa"], Location: canaries["location in Severa"], Notes: canaries["notes in Severa"],
		Start: start.Add(4 * time.Hour), End: start.Add(5 * time.Hour), HasDuration: true,
		TypeGUID: r.office.Severa.TypeOf(severasim.CalendarEntry), OwnerGUID: r.office.Severa.Users()[0].GUID,
	})
	if err != nil {
		t.Fatal(err)
	}
	return item, private, activity
}

// TestPrivacy_NothingIsLeftAnywhere lives through all that an office does and
// suffers, and looks into everything that the program has left but what it
// shows its own user: files, logs, crash output, messages, arguments and
// environment.
func TestPrivacy_NothingIsLeftAnywhere(t *testing.T) {
	r := newRig(t, small())
	secrets := map[string]string{"password": r.office.Access.Exchange.Password, "client secret": r.office.Access.Severa.ClientSecret}
	all := map[string]string{}
	for _, m := range []map[string]string{secrets, canaries} {
		for k, v := range m {
			all[k] = v
		}
	}
	temp := t.TempDir()
	r.env = append(r.env, "TMPDIR="+temp, "GOTRACEBACK=crash")
	item, private, activity := plant(t, r)
	var said bytes.Buffer // by all commands to standard error
	run := func(args ...string) string {
		out, errs, _ := r.run("", append([]string{"--debug"}, args...)...)
		said.WriteString(errs)
		return out
	}
	look := func(when string) {
		t.Helper()
		canary.Search(t, "standard error "+when, said.Bytes(), all)
		for _, root := range []string{r.home, temp} {
			leftovers(t, when, root, all)
		}
	}
	shown := run("preview")
	if !strings.Contains(shown, canaries["subject in Exchange"]) {
		t.Fatal("the preview does not show the entry that is looked for: the test looks for nothing")
	}
	run("sync", "--once", "--approve-first")
	run("sync", "--once", "--approve-first")
	if !hasActivity(r.office.Severa, canaries["subject in Exchange"]) {
		t.Fatal("the entry was not kept in step: the test looks for nothing")
	}
	look("after a sync")

	for _, kind := range []string{"malformed", "truncated", "drop_after", "unavailable", "throttle", "empty_page"} {
		script, err := ewssim.ParseFaults(strings.NewReader("[[rule]]\ntimes = 2\nkind = \"" + kind + "\"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.office.Exchange.Edit(item, func(it *ewssim.Item) { it.Subject = canaries["subject in Exchange"] + " " + kind }); err != nil {
			t.Fatal(err)
		}
		r.office.Severa.SetFaults(script)
		run("sync", "--once", "--full")
		r.office.Severa.SetFaults(nil)
	}
	look("after misbehaviour")

	kill(t, r, "sync", "--once", "--full")
	look("after a kill")
	crashed := crash(t, r, all)
	canary.Search(t, "crash output", crashed, all)
	if !bytes.Contains(crashed, []byte("goroutine ")) {
		t.Errorf("the program did not crash as it was made to: %s", crashed)
	}
	look("after a crash")

	for _, args := range [][]string{{"status", "--json"}, {"history"}, {"check"}, {"people", "list"}} {
		run(args...)
	}
	if err := r.office.Exchange.Drop(item, false); err != nil {
		t.Fatal(err)
	}
	if err := r.office.Exchange.Drop(private, true); err != nil {
		t.Fatal(err)
	}
	if err := r.office.Severa.RemoveActivity(activity); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.file, append(text, "[rules]\ndirection = \"publish\"\n[private]\nto_severa = \"busy_only\"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	run("setup", "--file", r.file)
	run("sync", "--once", "--full")
	run("check", "--repair")
	look("after a change of rules and deletions")
	modes(t, r.home)
}

// leftovers looks into every file below a folder.
func leftovers(t *testing.T, when, root string, secrets map[string]string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		canary.Search(t, filepath.Base(path)+" "+when, text, secrets)
		canary.Search(t, "the name of a file "+when, []byte(path), secrets)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// modes demands that everything in a home is for its user alone.
func modes(t *testing.T, home string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(home, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		seen++
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		return nil
	})
	if err != nil || seen < 5 {
		t.Errorf("%d files, %v", seen, err)
	}
}

// kill ends a run in the middle of its writing.
func kill(t *testing.T, r *rig, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := r.command(ctx, args...)
	before := r.writes()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ended := time.Now().Add(3 * time.Second); r.writes() == before && time.Now().Before(ended); {
		<-tick.C
	}
	cancel()
	_ = c.Wait()
}

// crash makes a running agent crash with a full trace, and gives what it said;
// before that, its arguments, environment and limits are looked at.
func crash(t *testing.T, r *rig, all map[string]string) []byte {
	t.Helper()
	c := r.command(t.Context(), "--debug", "run")
	dir := t.TempDir()
	c.Dir = dir
	errs, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer errs.Close()
	c.Stderr = errs
	before := r.requests()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for ended := time.Now().Add(20 * time.Second); r.requests() < before+5 && time.Now().Before(ended); {
		<-tick.C
	}
	if proc := fmt.Sprintf("/proc/%d/", c.Process.Pid); exists(proc) {
		for _, name := range []string{"cmdline", "environ"} {
			text, err := os.ReadFile(proc + name)
			if err != nil {
				t.Fatal(err)
			}
			canary.Search(t, name, text, all)
		}
		limits, err := os.ReadFile(proc + "limits")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(limits)) {
			if rest, ok := strings.CutPrefix(line, "Max core file size"); ok && strings.Fields(rest)[0] != "0" {
				t.Errorf("a crash may leave a core, with all that is in memory:%s", rest)
			}
		}
	}
	if err := c.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	cores, err := filepath.Glob(filepath.Join(dir, "core*"))
	if err != nil || len(cores) > 0 {
		t.Errorf("the crash left %v, %v", cores, err)
	}
	said, err := os.ReadFile(errs.Name())
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func (r *rig) requests() int {
	n := r.office.Exchange.RequestTotal()
	for _, of := range r.office.Severa.Counts().Requests {
		n += of
	}
	return n
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
