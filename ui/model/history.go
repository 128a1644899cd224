package model

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// Happened says in one sentence what a run did to one entry.
func Happened(c localapi.Change) string {
	s := deed(c)
	switch c.Outcome {
	case "applied":
	case "not_applied", "dropped":
		return "Not done: " + s + " (" + Reason(c.Reason) + "; the next run decides anew)"
	default:
		return "Not known whether done: " + s
	}
	s += ": " + Reason(c.Reason)
	if c.Notified > 0 {
		s += "; " + people(c.Notified) + " told by mail"
	}
	if told := Noticed(c); told != "" {
		s += "; " + told
	}
	return s
}

// deed is what was done, without why.
func deed(c localapi.Change) string {
	system := systemName(c.Side)
	entry := c.After
	if entry == nil {
		entry = c.Before
	}
	if entry == nil {
		entry = &localapi.Entry{}
	}
	name := quoted(*entry)
	switch c.Kind {
	case plan.Create.String():
		return fmt.Sprintf("created %s on %s in %s", name, When(*entry), system)
	case plan.Delete.String():
		return fmt.Sprintf("deleted %s on %s in %s", name, When(*entry), system)
	case plan.Leave.String():
		return fmt.Sprintf("took this person out of %s on %s in %s", name, When(*entry), system)
	case plan.Stamp.String():
		return fmt.Sprintf("marked %s on %s in %s", name, When(*entry), system)
	case plan.Update.String():
		return changed(c, name, system)
	case plan.Pair.String():
		return fmt.Sprintf("paired %s on %s", name, When(*entry))
	case plan.Unlink.String():
		return fmt.Sprintf("unlinked %s on %s", name, When(*entry))
	default:
		return fmt.Sprintf("%s %s", c.Kind, name)
	}
}

// changed names the first thing that a person would notice.
func changed(c localapi.Change, name, system string) string {
	if c.Before == nil || c.After == nil {
		return fmt.Sprintf("changed %s of %s in %s", fields(c.Fields), name, system)
	}
	var parts []string
	if slices.Contains(c.Fields, "subject") {
		parts = append(parts, fmt.Sprintf("renamed %s to %s", quoted(*c.Before), quoted(*c.After)))
	}
	if slices.Contains(c.Fields, "when") {
		parts = append(parts, fmt.Sprintf("moved %s from %s to %s", name, When(*c.Before), When(*c.After)))
	}
	rest := slices.DeleteFunc(slices.Clone(c.Fields), func(f string) bool { return f == "subject" || f == "when" })
	if len(rest) > 0 {
		parts = append(parts, fmt.Sprintf("changed %s of %s", fields(rest), name))
	}
	if len(parts) == 0 {
		parts = []string{"changed " + name}
	}
	return strings.Join(parts, " and ") + " in " + system
}

func quoted(e localapi.Entry) string {
	if e.Private {
		return "a private entry"
	}
	if e.Masked {
		return "an entry"
	}
	return "“" + Subject(e) + "”"
}

// Failed puts what a run is recorded to have ended by into a few words.
func Failed(kind string) string {
	if kind == "" {
		return ""
	}
	if kind == string(plan.IdentityChanged) {
		return say.T("stopped for safety: the account or mailbox is not the one it was")
	}
	if kind == office.FailedLease {
		return say.T("another PC writes for this person now")
	}
	kind, code, _ := strings.Cut(kind, " ")
	s := strings.TrimSuffix(windowAdvice(localapi.Trouble{Kind: kind}, say.T("the server")).What, ".")
	if code != "" {
		s += " (" + code + ")"
	}
	return s
}
