package tray

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/resources/icons"
	"lockstep/ui/model"
	"lockstep/ui/say"
)

// board is a notification area that only remembers.
type board struct {
	fakeItem
	icon    []byte
	icons   int
	tooltip string
	tapped  func()
}

func (b *board) Icon(p []byte)    { b.icon = p; b.icons++ }
func (b *board) Tooltip(s string) { b.tooltip = s }
func (b *board) Tapped(do func()) { b.tapped = do }
func (b *board) Separator()       { b.items = append(b.items, &fakeItem{title: "-"}) }

type fakeItem struct {
	title  string
	hidden bool
	click  func()
	items  []*fakeItem
	titled int
}

func (f *fakeItem) Title(s string) { f.title = s; f.titled++ }
func (f *fakeItem) Show(v bool)    { f.hidden = !v }
func (f *fakeItem) Add(title string, click func()) Item {
	it := &fakeItem{title: title, click: click}
	f.items = append(f.items, it)
	return it
}

// lines are what a person sees of a menu.
func (f *fakeItem) lines() []string {
	var out []string
	for _, it := range f.items {
		if it.hidden {
			continue
		}
		out = append(out, it.title)
		for _, sub := range it.lines() {
			out = append(out, "  "+sub)
		}
	}
	return out
}

func (f *fakeItem) find(t *testing.T, title string) *fakeItem {
	t.Helper()
	for _, it := range f.items {
		if it.title == title && !it.hidden {
			return it
		}
		if slices.ContainsFunc(it.lines(), func(l string) bool { return strings.TrimSpace(l) == title }) {
			return it.find(t, title)
		}
	}
	t.Fatalf("no entry %q in %q", title, f.lines())
	return nil
}

func newBoard() (*board, *Tray, *[]string) {
	b, did := &board{}, &[]string{}
	say := func(s string) { *did = append(*did, s) }
	tr := New(b, Commands{
		Open:  func(page string) { say("open " + page) },
		Cause: func() { say("cause") }, Sync: func(who string) { say("sync " + who) },
		Pause: func(until time.Time) { say("pause " + until.Format(time.DateTime)) }, Quit: func() { say("quit") },
	}, func() time.Time { return time.Date(2026, 3, 2, 22, 30, 0, 0, time.UTC) })
	return b, tr, did
}

func TestTray_ShowsTheMenuOfItsState(t *testing.T) {
	b, tr, _ := newBoard()
	tr.Show(model.Tray{Picture: "up-to-date", Line: "Up to date", People: []model.TrayPerson{{Address: "a@x", Name: "Anna"}, {Address: "b@x", Name: "Bo"}}, Undo: true, Waiting: 3})
	want := []string{
		"Open Lockstep", "Up to date", "-", "Sync now", "  Everyone", "  Anna", "  Bo",
		"Pause", "  1 hour", "  2 hours", "  4 hours", "  Until tomorrow", "  Until you resume",
		"Preview changes…", "Undo last run…", "Needs attention (3)…", "History…", "-", "Settings…", "Help", "-", model.QuitWord("linux"),
	}
	if diff := cmp.Diff(want, b.lines()); diff != "" {
		t.Errorf("menu (-want +got):\n%s", diff)
	}
	if !bytes.Equal(b.icon, icons.Tray("up-to-date")) || b.tooltip != "Lockstep: Up to date" {
		t.Errorf("icon or tooltip is wrong: %q", b.tooltip)
	}
	tr.Show(model.Tray{Picture: "paused", Line: "Paused", Paused: true, People: []model.TrayPerson{{Address: "b@x", Name: "Bo"}}})
	want = []string{
		"Open Lockstep", "Paused", "-", "Sync now", "  Everyone", "  Bo", "Resume",
		"Preview changes…", "History…", "-", "Settings…", "Help", "-", model.QuitWord("linux"),
	}
	if diff := cmp.Diff(want, b.lines()); diff != "" {
		t.Errorf("menu while paused (-want +got):\n%s", diff)
	}
	tr.Show(model.Tray{Picture: "needs-attention", Line: "Not set up yet", NotSetUp: true})
	want = []string{"Open Lockstep", "Not set up yet", "-", "-", "Help", "-", model.QuitWord("linux")}
	if diff := cmp.Diff(want, b.lines()); diff != "" {
		t.Errorf("menu before the setup (-want +got):\n%s", diff)
	}
}

func TestTray_LeavesAloneWhatHasNotChanged(t *testing.T) {
	b, tr, _ := newBoard()
	m := model.Tray{Picture: "up-to-date", Line: "Up to date"}
	tr.Show(m)
	titled, drawn := b.items[1].titled, b.icons
	tr.Show(m)
	if b.items[1].titled != titled || b.icons != drawn {
		t.Error("showing the same again touched the desktop")
	}
}

func TestTray_DoesWhatIsClicked(t *testing.T) {
	b, tr, did := newBoard()
	tr.Show(model.Tray{Line: "Fine", People: []model.TrayPerson{{Address: "a@x", Name: "Anna"}}})
	tr.Show(model.Tray{Line: "Fine", People: []model.TrayPerson{{Address: "b@x", Name: "Bo"}}}) // the entry stands for another person now
	b.tapped()
	for _, title := range []string{
		"Open Lockstep", "Preview changes…", "History…", "Settings…", "Help", "Fine", "Everyone", "Bo", "2 hours", "Until tomorrow", model.QuitWord("linux"),
	} {
		b.find(t, title).click()
	}
	tr.Show(model.Tray{Line: "Paused", Paused: true})
	b.find(t, "Resume").click()
	want := []string{
		"open ", "open ", "open preview", "open history", "open settings", "open help",
		"cause", "sync ", "sync b@x", "pause 2026-03-03 00:30:00", "pause 2026-03-03 06:00:00", "quit", "pause 0001-01-01 00:00:00",
	}
	if diff := cmp.Diff(want, *did); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

// TestTray_SpeaksAnotherLanguage changes the language under a menu that stands.
func TestTray_SpeaksAnotherLanguage(t *testing.T) {
	t.Cleanup(func() { _ = say.Use(say.English) })
	h := &board{}
	tr := New(h, Commands{}, time.Now)
	tr.Show(model.Tray{Picture: "paused", Line: "x", Waiting: 2})
	if err := say.Use("nl"); err != nil {
		t.Fatal(err)
	}
	tr.Speak()
	tr.Show(model.Tray{Picture: "paused", Line: "x", Waiting: 2})
	for _, want := range []string{"Nu synchroniseren", "Instellingen…", "Aandacht nodig (2)…"} {
		if !slices.Contains(h.lines(), want) {
			t.Errorf("the menu lacks %q: %q", want, h.lines())
		}
	}
}
