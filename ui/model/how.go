package model

import (
	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// Choices are a question of the rules with its answers, the usual one first.
type Choices struct {
	Key     string // as the draft has it
	Title   string
	Options []Choice
	Get     func(localapi.Draft) string
	Set     func(*localapi.Draft, string)
}

// Choice is one answer.
type Choice struct {
	Word, Title, Note string
	// Why it cannot be chosen; empty: it can be.
	Why string
}

// ChoiceOf is the place of the answer that a draft gives; one that says nothing
// gives the usual.
func ChoiceOf(c Choices, d localapi.Draft) int {
	word := c.Get(d)
	for i, o := range c.Options {
		if o.Word == word {
			return i
		}
	}
	return 0
}

// HowChoices are the rules whose consequences need a sentence.
func HowChoices() []Choices {
	return []Choices{
		{
			Key:   "rules.winner",
			Title: say.T("When both sides changed the same entry"),
			Options: []Choice{
				{Word: "by_field", Title: say.T("Field by field"), Note: say.T("The organiser's side has time and place, for the rest the newer change holds. What cannot be told is asked.")},
				{Word: "ask", Title: say.T("Ask"), Note: say.T("The entry waits under Needs attention until somebody decides. Everything else goes on.")},
				{Word: "severa", Title: say.T("Severa is right"), Note: say.T("A meeting moved to 10 in Severa and to 11 in Outlook is at 10.")},
				{Word: "exchange", Title: say.T("Outlook is right"), Note: say.T("A meeting moved to 10 in Severa and to 11 in Outlook is at 11.")},
			},
			Get: func(d localapi.Draft) string { return d.Rules.Winner },
			Set: func(d *localapi.Draft, w string) { d.Rules.Winner = w },
		},
		{
			Key:   "rules.send_meeting_requests",
			Title: say.T("Mail to participants"),
			Options: []Choice{
				{Title: say.T("Nobody is mailed"), Note: say.T("Copies that Lockstep writes invite nobody. The preview counts who outside the office is not told of a change.")},
				{Word: "mail", Title: say.T("Send meeting requests"), Note: say.T("When a meeting with somebody outside the office is moved or called off in Severa, Outlook mails everybody in it.")},
			},
			Get: func(d localapi.Draft) string {
				if d.Rules.SendMeetingRequests {
					return "mail"
				}
				return ""
			},
			Set: func(d *localapi.Draft, w string) { d.Rules.SendMeetingRequests = w == "mail" },
		},
		{
			Key:   "rules.deleted",
			Title: say.T("When one side deleted what the other one changed"),
			Options: []Choice{
				{Word: "ask", Title: say.T("Ask"), Note: say.T("Nothing is deleted before somebody decides. What is deleted goes to Deleted Items.")},
				{Word: "keep_changed", Title: say.T("Keep the changed entry"), Note: say.T("A meeting deleted in Severa and moved in Outlook is made again in Severa.")},
			},
			Get: func(d localapi.Draft) string { return d.Rules.Deleted },
			Set: func(d *localapi.Draft, w string) { d.Rules.Deleted = w },
		},
	}
}
