package model

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/office"
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
		return Tray{Picture: picture(office.NeedsAttention), Line: "Not set up yet", Page: PageSetup, NotSetUp: true}
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
		return "Nobody is switched on"
	}
	switch health {
	case office.UpToDate:
		if last := oldest(s.People); !last.IsZero() {
			return "Up to date · " + recently(last, now)
		}
		return "Up to date"
	case office.Syncing:
		if done, total := progress(s.People); total > 0 {
			return fmt.Sprintf("Syncing %d of %d…", done, total)
		}
		return "Syncing…"
	case office.Paused:
		return "Paused" + until(s.Paused, now)
	case office.Standby:
		return "Standing by: another computer writes"
	case office.Offline:
		return "Offline · retries by itself"
	case office.SlowedDown:
		return waitLine(s.People, now)
	case office.SignInAgain:
		return "Sign in again: a password is refused"
	case office.StoppedForSafety:
		return stopLine(s.People)
	case office.NeedsAttention:
	}
	return attention(s.People)
}

// recently is Since without counting seconds, which the line does not keep up with.
func recently(at, now time.Time) string {
	if now.Sub(at) < time.Minute {
		return "just now"
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

func until(end, now time.Time) string {
	switch {
	case end.Sub(now) > forGood:
		return " until you resume"
	case event.DateOf(end) != event.DateOf(now):
		return " until " + end.Format("Mon 15:04")
	default:
		return " until " + end.Format("15:04")
	}
}

func waitLine(people []office.PersonStatus, now time.Time) string {
	var longest time.Duration
	for _, p := range people {
		longest = max(longest, p.Retry.Sub(now))
	}
	if longest <= 0 {
		return "A server asks for a pause"
	}
	return "A server asks to wait " + Ago(longest)
}

func countPeople(n int) string { return count(n, "person", "people") }

func stopLine(people []office.PersonStatus) string {
	var stopped []office.PersonStatus
	for _, p := range people {
		if p.Health == office.StoppedForSafety {
			stopped = append(stopped, p)
		}
	}
	return "Stopped for safety: " + names(stopped)
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
		parts = append(parts, count(waiting, "decision", "decisions"))
	}
	if unapproved > 0 {
		parts = append(parts, "a plan waits for approval")
	}
	if behind > 0 {
		parts = append(parts, countPeople(behind)+" not in step")
	}
	if len(parts) == 0 {
		return "Needs attention"
	}
	line := strings.Join(parts, ", ")
	return strings.ToUpper(line[:1]) + line[1:]
}

// QuitWord is what leaving the program is called on this system.
func QuitWord(goos string) string {
	if goos == "windows" {
		return "Exit"
	}
	return "Quit"
}
