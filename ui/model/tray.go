package model

import (
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/ui/say"
)

// Tray is what the icon beside the clock shows.
type Tray struct {
	// Picture names the icon, as package icons has it.
	Picture string
	// Line says the state in words.
	Line string
	// People are who can be brought in step by name.
	People []TrayPerson
	// Paused: the menu offers to resume instead of to pause.
	Paused bool
	// Page is where the line leads to.
	Page string
	// Waiting is how much needs a person; 0: the menu does not speak of it.
	Waiting int
	// Undo: there has been a run that could be taken back.
	Undo bool
	// NotSetUp: there is nothing to bring in step yet.
	NotSetUp bool
}

// TrayPerson is one person in the menu.
type TrayPerson struct {
	Address string
	Name    string
}

// TrayOf is the icon for a status. A run is shown only once it has lasted, so
// that the icon does not flicker; since is when it began, zero if none is. Guests
// have not asked to be looked after and are left out.
func TrayOf(s office.Status, since, now time.Time) Tray {
	health := s.Health
	if health == office.Syncing && now.Sub(since) < TrayPatience {
		health = office.UpToDate
	}
	t := Tray{Picture: picture(health), Paused: s.Paused.After(now), Page: CausePage(s)}
	if s.NotSetUp {
		return Tray{Picture: picture(office.NeedsAttention), Line: say.T("Not set up yet"), Page: PageSetup, NotSetUp: true}
	}
	t.Waiting = needsPerson(s.People)
	s.People = slices.DeleteFunc(slices.Clone(s.People), func(p office.PersonStatus) bool { return p.Guest })
	for _, p := range s.People {
		t.People = append(t.People, TrayPerson{Address: p.Address, Name: p.Name})
		t.Undo = t.Undo || !p.Complete.IsZero()
	}
	t.Line = trayLine(s, health, now)
	return t
}

// TrayStarting is the icon until there is a status.
func TrayStarting() Tray { return Tray{Picture: "syncing", Line: say.T("Starting…")} }

// needsPerson counts decisions, and people for whom nothing goes on before
// somebody has done something.
func needsPerson(people []office.PersonStatus) int {
	n := 0
	for _, p := range people {
		n += p.Waiting
		if p.Halt != "" || p.Unapproved || p.Health == office.SignInAgain {
			n++
		}
	}
	return n
}

// picture is the icon of a health. Standing by writes nothing, as a pause does.
func picture(h office.Health) string {
	if h == office.Standby {
		h = office.Paused
	}
	return strings.ReplaceAll(h.String(), "_", "-")
}

// TrayPatience is how long a run lasts before the icon tells of it.
const TrayPatience = 2 * time.Second

// trayLine is the state in words, with the numbers that matter.
func trayLine(s office.Status, health office.Health, now time.Time) string {
	if len(s.People) == 0 {
		return say.T("Nobody is switched on")
	}
	switch health {
	case office.UpToDate:
		if last := oldest(s.People); !last.IsZero() {
			return say.T("Up to date, {{.Ago}}", "Ago", recently(last, now))
		}
		return say.T("Up to date")
	case office.Syncing:
		if done, total := progress(s.People); total > 0 {
			return say.T("Syncing {{.Done}} of {{.Total}}…", "Done", done, "Total", total)
		}
		return say.T("Syncing…")
	case office.Paused:
		return paused(s.Paused, now)
	case office.Standby:
		return say.T("Standing by: another computer writes")
	case office.Offline:
		return say.T("Offline, retries by itself")
	case office.SlowedDown:
		return waitLine(s.People, now)
	case office.SignInAgain:
		return say.T("Sign in again: a password is refused")
	case office.StoppedForSafety:
		return stopLine(s.People)
	case office.NeedsAttention:
	}
	return attention(s.People)
}

// recently is Since without counting seconds, which the line does not keep up with.
func recently(at, now time.Time) string {
	if now.Sub(at) < time.Minute {
		return say.T("just now")
	}
	return Since(at, now)
}

// oldest is the age that the office has as a whole: that of its worst person.
func oldest(people []office.PersonStatus) time.Time {
	var at time.Time
	for i, p := range people {
		if i == 0 || p.Complete.Before(at) {
			at = p.Complete
		}
	}
	return at
}

func progress(people []office.PersonStatus) (done, total int) {
	for _, p := range people {
		if p.Done < p.Total {
			done, total = done+p.Done, total+p.Total
		}
	}
	return done, total
}

// forGood is a pause that nobody has set an end to; it is told by its length.
const forGood = 30 * 24 * time.Hour

// paused tells of a pause and of its end.
func paused(end, now time.Time) string {
	if end.Sub(now) > forGood {
		return say.T("Paused until you resume")
	}
	return say.T("Paused until {{.When}}", "When", resumes(end, now))
}

// resumes is when a pause ends.
func resumes(end, now time.Time) string {
	switch {
	case end.Sub(now) > forGood:
		return say.T("you resume")
	case event.DateOf(end) != event.DateOf(now):
		return say.T("{{.Weekday}} {{.Time}}", "Weekday", weekday(end), "Time", say.Clock(end))
	default:
		return say.Clock(end)
	}
}

func waitLine(people []office.PersonStatus, now time.Time) string {
	var longest time.Duration
	for _, p := range people {
		longest = max(longest, p.Retry.Sub(now))
	}
	if longest <= 0 {
		return say.T("A server asks for a pause")
	}
	return say.T("A server asks to wait {{.Time}}", "Time", Ago(longest))
}

func stopLine(people []office.PersonStatus) string {
	var stopped []office.PersonStatus
	for _, p := range people {
		if p.Health == office.StoppedForSafety {
			stopped = append(stopped, p)
		}
	}
	return say.T("Stopped for safety: {{.Names}}", "Names", names(stopped))
}

func attention(people []office.PersonStatus) string {
	waiting, behind, unapproved := 0, 0, 0
	for _, p := range people {
		waiting += p.Waiting
		switch {
		case p.Unapproved:
			unapproved++
		case p.Health == office.NeedsAttention && p.Waiting == 0:
			behind++
		}
	}
	var parts []string
	if waiting > 0 {
		parts = append(parts, say.N("{{.N}} decision", "{{.N}} decisions", waiting))
	}
	if unapproved > 0 {
		parts = append(parts, say.T("a plan waits for approval"))
	}
	if behind > 0 {
		parts = append(parts, say.N("{{.N}} person not in step", "{{.N}} people not in step", behind))
	}
	if len(parts) == 0 {
		return say.T("Needs attention")
	}
	return sentenceCase(strings.Join(parts, ", "))
}

// QuitWord is what leaving the program is called on this system; a key.
func QuitWord(goos string) string {
	if goos == "windows" {
		return say.Key("Exit")
	}
	return say.Key("Quit")
}
