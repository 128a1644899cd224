package model

import (
	"cmp"
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/ui/say"
)

// Remedy says what a person can do, in one sentence.
func Remedy(r office.Remedy) string {
	switch r {
	case office.Wait:
		return "Nothing: it passes by itself."
	case office.SyncNow:
		return "Bring everybody in step now: `lockstepctl sync --once`."
	case office.Resume:
		return "End the pause: `lockstepctl unpause`."
	case office.TakeOver:
		return "Write from this PC instead: `lockstepctl takeover`."
	case office.CheckNet:
		return "Check the network and the server's address."
	case office.SetSecret:
		return "Give the right password: `lockstepctl secret set exchange` or `secret set severa`."
	case office.Approve:
		return "Look at what waits and approve it: `lockstepctl preview`."
	case office.Decide:
		return "Look at the questions and answer them: `lockstepctl resolve`."
	case office.LookAtStop:
		return "See what was withheld and let it through: `lockstepctl resume`; or leave everything as it is: `lockstepctl keep`."
	case office.SetClock:
		return "Have the server's clock, or this PC's, put right."
	case office.SeeProblems:
		return "See which entries were passed over, and why: `lockstepctl preview`."
	}
	return string(r)
}

// Remedies are what can be done about how the office is doing, each once, the
// gravest state's first. What passes by itself is not mentioned.
func Remedies(s office.Status) []string {
	var out []string
	seen := map[office.Remedy]bool{office.Wait: true}
	add := func(rs []office.Remedy) {
		for _, r := range rs {
			if !seen[r] {
				seen[r] = true
				out = append(out, Remedy(r))
			}
		}
	}
	people := slices.Clone(s.People)
	slices.SortStableFunc(people, func(a, b office.PersonStatus) int { return cmp.Compare(b.Health, a.Health) })
	for _, p := range people {
		add(office.RemediesFor(p))
	}
	if s.Health == office.Paused {
		add(office.StateOf(office.Paused).Remedies)
	}
	return out
}

// Clock tells of a server whose clock is off; empty where it is not.
func Clock(s event.Side, seconds int) string {
	if seconds == 0 {
		return ""
	}
	off := time.Duration(seconds) * time.Second
	far := off.Abs() > 5*time.Minute
	var text string
	switch {
	case off > 0 && far:
		text = say.Key("the clock of {{.Side}} is {{.Time}} ahead of this PC's, so which change is newer is asked")
	case off > 0:
		text = say.Key("the clock of {{.Side}} is {{.Time}} ahead of this PC's")
	case far:
		text = say.Key("the clock of {{.Side}} is {{.Time}} behind this PC's, so which change is newer is asked")
	default:
		text = say.Key("the clock of {{.Side}} is {{.Time}} behind this PC's")
	}
	return say.Of(text, "Side", SideName(s), "Time", Ago(off))
}
