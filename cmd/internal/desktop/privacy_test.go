//go:build linux

package desktop_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/cmd/internal/canary"
	"lockstep/cmd/internal/desktop"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/network/bustest"
	"lockstep/sync/severa/api"
)

// planted are texts of calendars that only servers and windows may show.
var planted = map[string]string{
	"subject in Exchange":         "Kanarienvogel-Betreff-7381",
	"location in Exchange":        "Kanarienvogel-Ort-2290",
	"notes in Exchange":           "Kanarienvogel-Notiz-5512",
	"guest":                       "kanarienvogel.gast.4471",
	"subject in Severa":           "Kanarienvogel-Aktivitaet-6020",
	"location in Severa":          "Kanarienvogel-Raum-8183",
	"notes in Severa":             "Kanarienvogel-Memo-3357",
	"subject after an edit here":  "Kanarienvogel-Umbenannt-1186",
	"subject after an edit there": "Kanarienvogel-Anders-9077",
}

// TestPrivacy_NothingOnTheBus listens to all that is said on the desktop's bus
// while the real programs live through a first sync, a question, a refused
// password, a change of rules and a deletion: no text of a calendar and no
// secret is on the bus, in an argument, in the environment, or in a file.
func TestPrivacy_NothingOnTheBus(t *testing.T) {
	o := signIn(t, "--people", "2", "--items", "4")
	heard := bustest.Eavesdrop(t, o.Bus, o.variable(bustest.OfSession))
	all := map[string]string{"password": o.access.Exchange.Password, "client secret": o.access.Severa.ClientSecret}
	for what, text := range planted {
		all[what] = text
	}
	const asking = "[rules]\nwinner = \"ask\"\n"
	o.setUp(asking)
	anna := o.access.People[0].Email
	item := o.plant(anna)

	o.begin("--minimized")
	o.notice("A plan waits for approval")
	o.must(o.Choose("Preview changes…"))
	o.window(planted["subject in Exchange"]) // or the test looks for nothing
	for name, pid := range map[string]int{"the agent": o.Process("lockstep"), "the window": o.windowProcess()} {
		o.process(name, pid, all)
	}
	o.click(o.label("Write [0-9]+ changes"))
	o.menuSays("Up to date")

	o.renameOnBoth(anna, item)
	o.must(o.Choose("Sync now", "Everyone"))
	o.notice("a decision")
	o.must(o.Choose("Open Lockstep"))
	o.ctl("not the password", "secret", "set", "exchange")
	o.must(o.Choose("Sync now", "Everyone"))
	o.notice("Sign in again")
	o.must(o.closeWindow())
	o.leave()

	o.setUp(asking + "[private]\nto_severa = \"busy_only\"\n")
	o.drop(anna, item)
	o.begin("--minimized")
	o.until("the icon is there", func() bool { return len(o.Icons()) == 1 })
	o.must(o.Choose("Sync now", "Everyone"))
	o.leave()

	traffic := heard()
	for _, call := range []string{"Notify", "LayoutUpdated", "GetLayout", "CreateItem", "A plan waits for approval"} {
		if !strings.Contains(traffic, call) {
			t.Errorf("%s was not heard on the bus: the test looks for nothing", call)
		}
	}
	canary.Search(t, "the desktop's bus", []byte(traffic), all)
	o.leftovers(all)
}

// variable is one of the session's environment.
func (o *site) variable(name string) string {
	for _, v := range o.Env() {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	o.t.Fatalf("the session has no %s", name)
	return ""
}

// plant enters something to look for in both systems.
func (o *site) plant(email string) ews.ItemRef {
	o.t.Helper()
	ctx, at := o.t.Context(), time.Now().Add(72*time.Hour).Truncate(time.Hour)
	m, done := o.mailbox(email)
	defer done()
	made, err := m.CreateItem(ctx, ews.FolderRef{Name: ews.FolderCalendar}, []ews.NewItem{{
		Item: ews.CalendarItem{
			Subject: planted["subject in Exchange"], Location: planted["location in Exchange"], Body: ews.Body{Text: planted["notes in Exchange"]},
			Required: []ews.Attendee{{Recipient: ews.Recipient{Name: "Guest", Address: planted["guest"] + "@elsewhere.test"}}},
			Start:    ews.At(at), End: ews.At(at.Add(time.Hour)),
		},
		Fields: []ews.FieldURI{ews.FieldSubject, ews.FieldLocation, ews.FieldBody, ews.FieldRequired, ews.FieldStart, ews.FieldEnd},
	}}, ews.SendToNone)
	o.must(err)
	o.must(made[0].Err)
	user, err := o.severa.UserByEmail(ctx, email)
	o.must(err)
	types, _, err := api.All(o.severa.ActivityTypes(ctx, api.ActivityTypeQuery{Categories: []api.Category{api.CategoryCalendarEntry}}))
	o.must(err)
	_, err = o.severa.CreateActivity(ctx, api.ActivityDraft{
		Name: planted["subject in Severa"], Location: planted["location in Severa"], Notes: planted["notes in Severa"],
		Start: api.At(at.Add(4 * time.Hour)), End: api.At(at.Add(5 * time.Hour)), HasDuration: true, ActivityTypeGUID: types[0].GUID, OwnerGUID: user.GUID,
	})
	o.must(err)
	return ews.ItemRef{ID: made[0].Item.ID}
}

// renameOnBoth gives an entry another subject on either side, which is a question.
func (o *site) renameOnBoth(email string, item ews.ItemRef) {
	o.t.Helper()
	ctx := o.t.Context()
	user, err := o.severa.UserByEmail(ctx, email)
	o.must(err)
	from := time.Now()
	all, _, err := api.All(o.severa.Activities(ctx, api.ActivityQuery{UserGUIDs: []string{user.GUID}, Start: from, End: from.Add(7 * 24 * time.Hour)}))
	o.must(err)
	at := slices.IndexFunc(all, func(a api.Activity) bool { return a.Name == planted["subject in Exchange"] })
	if at < 0 {
		o.t.Fatal("the entry was not kept in step: the test looks for nothing")
	}
	for throttled := true; throttled; { // the program and this test share one quota; the next attempt waits for it
		_, err = o.severa.PatchActivity(ctx, all[at].GUID, []api.PatchOp{api.Replace("/name", planted["subject after an edit there"])})
		refusal, ok := errors.AsType[*api.Error](err)
		throttled = ok && refusal.Class == api.Throttled
	}
	o.must(err)
	m, done := o.mailbox(email)
	defer done()
	changed, err := m.UpdateItem(ctx, []ews.ItemChange{{
		Ref: item, Item: ews.CalendarItem{Subject: planted["subject after an edit here"]}, Set: []ews.FieldURI{ews.FieldSubject},
	}}, ews.UpdateOptions{Conflict: ews.AlwaysOverwrite, Send: ews.SendToNone})
	o.must(err)
	o.must(changed[0].Err)
}

func (o *site) drop(email string, item ews.ItemRef) {
	o.t.Helper()
	m, done := o.mailbox(email)
	defer done()
	errs, err := m.DeleteItem(o.t.Context(), []ews.ItemRef{item}, ews.DeleteOptions{Disposal: ews.SoftDelete, Send: ews.SendToNone})
	o.must(err)
	o.must(errs[0])
}

// notice waits until one has popped up whose title ends with some words.
func (o *site) notice(words string) {
	o.t.Helper()
	o.until("a notice says "+words, func() bool {
		return slices.ContainsFunc(o.told(), func(p desktop.Popup) bool { return strings.HasSuffix(p.Title, words) })
	})
}

// process looks into what the system shows everybody of a program, and whether
// its crash would leave an image of its memory.
func (o *site) process(name string, pid int, all map[string]string) {
	o.t.Helper()
	for _, file := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		o.must(err)
		canary.Search(o.t, file+" of "+name, text, all)
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	o.must(err)
	for line := range strings.Lines(string(limits)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok && strings.Join(strings.Fields(rest)[:2], " ") != "0 0" {
			o.t.Errorf("a crash of %s may leave a core, with all that is in memory: %s", name, rest)
		}
	}
}

// leftovers looks into the files that the programs have left: the office's, the
// desktop's, and what the programs printed.
func (o *site) leftovers(all map[string]string) {
	o.t.Helper()
	looked := 0
	o.must(filepath.WalkDir(o.Dir, func(path string, d fs.DirEntry, err error) error {
		// The servers print how to get in, and the test writes down what it types.
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "sim.") || d.Name() == "acts.log" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		looked++
		canary.Search(o.t, d.Name(), text, all)
		return nil
	}))
	if looked < 5 {
		o.t.Errorf("%d files were looked into, want the office's at least", looked)
	}
}
