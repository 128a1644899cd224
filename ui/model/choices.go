package model

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// Languages are the languages to choose from, the desktop's own (empty) first.
func Languages() []string { return append([]string{""}, say.Languages()...) }

// LanguageName is what a language calls itself.
func LanguageName(tag string) string {
	if tag == "" {
		return say.T("As the desktop")
	}
	return say.Name(tag)
}

// Themes are how the windows can look; ThemeNames are the choices.
func Themes() []string { return []string{"", localapi.ThemeLight, localapi.ThemeDark} }

// ThemeNames are the choices of Themes.
func ThemeNames() []string { return []string{say.T("As the desktop"), say.T("Light"), say.T("Dark")} }

// NoticeKinds are the notices that can be switched off one by one.
func NoticeKinds() []Word {
	return []Word{
		{string(NoticeStopped), say.T("A run was stopped for safety")},
		{string(NoticeSignIn), say.T("A sign-in is refused")},
		{string(NoticeDecision), say.T("Entries need a decision")},
		{string(NoticeApproval), say.T("A plan waits for approval")},
		{string(NoticeBehind), say.T("A calendar is out of date")},
		{string(NoticeAnswer), say.T("What you asked for is done")},
	}
}

// Directions are the ways that entries can go, both ways first.
func Directions() []string { return []string{"two_way", "publish", "collect"} }

// DirectionNames are the choices of Directions.
func DirectionNames() []string {
	return []string{say.T("Both ways"), say.T("Only from Severa to Outlook"), say.T("Only from Outlook to Severa")}
}

// RuleField is a field that may have a direction of its own.
type RuleField struct{ Word, Name, Severa, Outlook string }

// RuleFields are the fields that may: subject and time are what an entry is, so
// they always go with it.
func RuleFields() []RuleField {
	return []RuleField{
		{"location", say.T("Place"), say.T("Location"), say.T("Location")},
		{"notes", say.T("Notes"), say.T("Description"), say.T("Body")},
		{"private", say.T("Private mark"), say.T("Activity type Personal"), say.T("Private")},
		{"kind", say.T("Kind of entry"), say.T("Activity type"), say.T("Show as, category")},
		{"done", say.T("Done"), say.T("Closed"), say.T("Category")},
		{"attendees", say.T("Colleagues"), say.T("Participants"), say.T("Attendees")},
	}
}

// SetField gives a field a direction; the usual is left unsaid.
func SetField(r *localapi.DraftRules, field, direction string) {
	if direction == Directions()[0] {
		delete(r.Fields, field)
		return
	}
	if r.Fields == nil {
		r.Fields = map[string]string{}
	}
	r.Fields[field] = direction
}

// Proxies are the ways to a server; the last is an address to be typed.
func Proxies() []string { return []string{"", "none", "own"} }

// ProxyNames are the choices of Proxies.
func ProxyNames() []string {
	return []string{say.T("As the system"), say.T("None"), say.T("This one")}
}

// ProxyChoice is the choice that a draft has made, and the address if it is its own.
func ProxyChoice(n localapi.DraftNetwork) (choice int, address string) {
	switch n.Proxy {
	case "", "system":
		return 0, ""
	case "none":
		return 1, ""
	}
	return 2, n.Proxy
}

// Words are a list that is typed with commas.
func Words(typed string) []string {
	var out []string
	for _, w := range strings.Split(typed, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// EveryChoices are how often both sides are looked at; the usual (empty) first.
func EveryChoices() []string { return []string{"", "30s", "1m", "2m", "5m", "15m", "1h"} }

// PromiseChoices are how old a calendar may become before it is told.
func PromiseChoices() []string { return []string{"", "10m", "15m", "30m", "1h", "4h"} }

// TimeNames are lengths of time in words. One that is not among the choices, as
// a file may have it, is added to them.
func TimeNames(choices []string, held string) (words, names []string) {
	words = slices.Clone(choices)
	if !slices.Contains(words, held) {
		words = append(words, held)
	}
	for _, w := range words {
		d, err := time.ParseDuration(w)
		switch {
		case w == "":
			names = append(names, say.T("The usual"))
		case err != nil:
			names = append(names, w)
		case d%time.Hour == 0:
			names = append(names, say.N("{{.N}} hour", "{{.N}} hours", int(d/time.Hour)))
		case d%time.Minute == 0:
			names = append(names, say.N("{{.N}} minute", "{{.N}} minutes", int(d/time.Minute)))
		default:
			names = append(names, say.N("{{.N}} second", "{{.N}} seconds", int(d/time.Second)))
		}
	}
	return words, names
}

// DelayWrong is what is wrong with a delay of the start; empty: nothing.
func DelayWrong(text string) string {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err != nil || n < 0 || n > localapi.MaxAutostartDelay {
		return say.T("Write a number of seconds up to {{.Most}}.", "Most", localapi.MaxAutostartDelay)
	}
	return ""
}

// Number is a typed number, or what it was.
func Number(text string, was int) int {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		return n
	}
	return was
}

// SetDirection takes a choice of Directions; one that a draft had said nothing
// about stays unsaid as long as it is the usual.
func SetDirection(r *localapi.DraftRules, choice int) {
	if choice > 0 || r.Direction != "" {
		r.Direction = Directions()[max(choice, 0)]
	}
}

// OwnDirections are the directions of one person, the office's (empty) first.
func OwnDirections() []string { return append([]string{""}, Directions()...) }

// OwnDirectionNames are the choices of OwnDirections.
func OwnDirectionNames() []string {
	return append([]string{say.T("As the office")}, DirectionNames()...)
}

// Joined is a list as it is typed.
func Joined(list []string) string { return strings.Join(list, ", ") }

// ProxyOf is what a draft says for a choice of Proxies.
func ProxyOf(choice int, address string) string {
	switch choice {
	case 1:
		return "none"
	case 2:
		return strings.TrimSpace(address)
	}
	return ""
}

// Text is a number to be typed over.
func Text(n int) string { return strconv.Itoa(n) }
