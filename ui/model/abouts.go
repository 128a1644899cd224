package model

import (
	"cmp"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// ScriptAbout is what a script for an administrator gives, in a sentence or two.
// The script itself says more, in English, to who runs it.
func ScriptAbout(s localapi.Script, everybody bool) string {
	switch {
	case s.Kind == "impersonation" && everybody:
		return say.T("Lets the account act for every mailbox of the organisation. Only for those who take part is the narrower way.")
	case s.Kind == "impersonation":
		return say.T("Lets the account act for those who take part, and for nobody else. It gets no full access and no administrator's rights.")
	case s.Kind == "delegate":
		return say.T("Opens the mailboxes to the account whole, mail included. That is more than Lockstep needs: acting for colleagues is the better way.")
	case s.Kind == "throttling":
		return say.T("Gives the account limits of its own, wide, and limits all the same.")
	}
	return s.About
}

// bundleAbouts say what is in a file of diagnostics, by its name.
func bundleAbouts(f localapi.DiagnosticsFile) string {
	about := map[string]string{
		"about.json":      say.Key("when and by which program this was made, and on what system"),
		"settings.json":   say.Key("connections, rules and people, without names, secrets and filter texts"),
		"doctor.json":     say.Key("what the doctor found when it last looked"),
		"status.json":     say.Key("how everybody is doing"),
		"statistics.json": say.Key("how many pairs and entries are in which state"),
		"runs.json":       say.Key("the runs of the last 7 days, in counts"),
		"setup.json":      say.Key("how far the setup is, and what came of the tests of both connections"),
		"lockstep.log":    say.Key("the log of the last 7 days"),
	}[f.Name]
	switch {
	case f.Name == "changes.json":
		// The agent says in English which of the two it has written.
		hashes := say.Key("what each write did, entries by the hashes of their subjects")
		shown := say.Key("what each write did, with the subjects that this office shows, the others as hashes")
		for _, known := range []string{hashes, shown} {
			if f.About == known {
				about = known
			}
		}
	case about == "":
		return f.About
	}
	return say.Of(cmp.Or(about, f.About))
}
