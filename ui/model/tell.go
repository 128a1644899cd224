package model

import (
	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// TellWords are the words of the mail that tells people of a change, in the
// chosen language.
func TellWords() localapi.NoticeWords {
	return localapi.NoticeWords{
		Changed: say.T("Changed"), CalledOff: say.T("Cancelled"), When: say.T("Time"), Where: say.T("Place"),
		Series: say.T("This meeting repeats; the time is that of the first one."),
	}
}

// CanTell tells whether people from outside may be told of an item now.
func CanTell(it PastItem) bool { return it.Change.Untold > 0 && it.Change.Told == 0 }

// TellLabel names the button that does it.
func TellLabel(it PastItem) string {
	return say.N("Send update to {{.N}} person", "Send update to {{.N}} people", it.Change.Untold)
}

// TellQuestion is what a person agrees to; false where nobody can be told.
func TellQuestion(n localapi.Notices) (title, text string, ok bool) {
	if n.People == 0 {
		for _, x := range n.Items {
			if x.State == "overtaken" {
				return say.T("No update can be sent"), say.T("The meeting has been changed again since. Send the update of the newest change."), false
			}
		}
		return say.T("No update can be sent"), say.T("An update was sent already, or nobody knows whether it was."), false
	}
	return say.N("Send a mail to {{.N}} person?", "Send a mail to {{.N}} people?", n.People),
		say.T("It is from {{.Name}} and tells what the meeting is called, and when and where it is now. Colleagues get none. It is sent once.", "Name", n.Name), true
}
