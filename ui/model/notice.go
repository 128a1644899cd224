package model

import (
	"strings"
	"time"

	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// Notice is a message that pops up on the desktop. Its texts are fixed, with
// names of colleagues and counts at most: nothing out of a calendar is in them.
type Notice struct {
	// Kind is what it is about; a newer one of a kind takes the place of the older.
	Kind  NoticeKind
	Title string
	Body  string
	// Page is where a click on it leads to; empty: nowhere.
	Page string
	// Urgent stays until somebody has seen it.
	Urgent bool
}

// NoticeKind tells notices apart that a person can switch off by themselves.
type NoticeKind string

// The kinds.
const (
	NoticeStopped  NoticeKind = "stopped"  // stopped for safety
	NoticeSignIn   NoticeKind = "sign_in"  // a sign-in is refused
	NoticeDecision NoticeKind = "decision" // entries need a decision
	NoticeBehind   NoticeKind = "behind"   // not in step for longer than promised
	NoticeApproval NoticeKind = "approval" // a plan waits for approval
	NoticeAnswer   NoticeKind = "answer"   // the answer to something that a person did
)

// noticeAgain is how long the same notice is not shown again; questions of one
// person are told of once a day.
const (
	noticeAgain   = 12 * time.Hour
	questionAgain = 24 * time.Hour
)

// Notifier decides what pops up. It remembers what it has told, so that a state
// that lasts, or comes and goes, is told of once. The zero Notifier has told nothing.
type Notifier struct {
	Told map[string]time.Time
}

// Next is what is to be told about a status, the gravest first.
func (n *Notifier) Next(s office.Status, now time.Time) []Notice {
	n.forget(now)
	if s.Paused.After(now) {
		return nil
	}
	var stopped, refused, behind, asked, unapproved []office.PersonStatus
	promise := time.Duration(s.PromiseSeconds) * time.Second
	for _, p := range s.People {
		switch {
		case p.Health == office.StoppedForSafety:
			stopped = append(stopped, p)
		case p.Health == office.SignInAgain:
			refused = append(refused, p)
		case p.Unapproved:
			unapproved = append(unapproved, p)
		case p.Waiting > 0:
			asked = append(asked, p)
		case !p.Guest && p.Health != office.UpToDate && p.Health != office.Syncing && !p.Complete.IsZero() && now.Sub(p.Complete) > promise:
			behind = append(behind, p)
		}
	}
	var out []Notice
	add := func(who []office.PersonStatus, again time.Duration, key func(office.PersonStatus) string, make func(who []office.PersonStatus) Notice) {
		if n.isNew(who, again, key, now) {
			out = append(out, make(who))
		}
	}
	add(stopped, noticeAgain, func(p office.PersonStatus) string { return "stopped " + p.Address + " " + p.Halt }, stoppedNotice)
	add(refused, noticeAgain, func(office.PersonStatus) string { return "sign_in" }, signInNotice)
	add(unapproved, noticeAgain, func(p office.PersonStatus) string { return "approval " + p.Address }, approvalNotice)
	add(asked, questionAgain, func(p office.PersonStatus) string { return "decision " + p.Address }, decisionNotice)
	add(behind, noticeAgain, func(office.PersonStatus) string { return "behind" }, func(who []office.PersonStatus) Notice {
		return behindNotice(who, promise)
	})
	return out
}

// isNew tells whether any of these was not told of lately, and notes all of
// them: they go into one notice.
func (n *Notifier) isNew(who []office.PersonStatus, again time.Duration, key func(office.PersonStatus) string, now time.Time) bool {
	fresh := false
	for _, p := range who {
		k := key(p)
		if end, told := n.Told[k]; !told || !now.Before(end) {
			fresh = true
			if n.Told == nil {
				n.Told = map[string]time.Time{}
			}
			n.Told[k] = now.Add(again)
		}
	}
	return fresh
}

// forget drops what may be told again. A time that lies further ahead than any
// notice waits was noted by a wrong clock.
func (n *Notifier) forget(now time.Time) {
	for k, end := range n.Told {
		if !now.Before(end) || end.Sub(now) > questionAgain {
			delete(n.Told, k)
		}
	}
}

func stoppedNotice(who []office.PersonStatus) Notice {
	what := say.T("{{.Names}}: nothing was written. Look at the preview, then allow it or keep the entries.", "Names", names(who))
	if len(who) == 1 {
		what = say.T("{{.Name}}: {{.Reason}}. Nothing was written. Look at the preview, then allow it or keep the entries.",
			"Name", who[0].Name, "Reason", Reason(plan.Reason{Code: plan.Code(who[0].Halt)}))
	}
	return Notice{
		Kind: NoticeStopped, Page: PageStopped, Title: say.T("Stopped for safety"), Urgent: true,
		Body: what,
	}
}

func signInNotice(who []office.PersonStatus) Notice {
	return Notice{
		Kind: NoticeSignIn, Page: PageConnections, Title: say.T("Sign in again"), Urgent: true,
		Body: isAre(who, say.Key("A sign-in is refused; {{.Names}} is not in step. Lockstep does not try again before the password has changed."),
			say.Key("A sign-in is refused; {{.Names}} are not in step. Lockstep does not try again before the password has changed.")),
	}
}

func approvalNotice(who []office.PersonStatus) Notice {
	return Notice{
		Kind: NoticeApproval, Page: PagePreview, Title: say.T("A plan waits for approval"),
		Body: say.T("Nothing is written for {{.Names}} before somebody has looked at the preview.", "Names", names(who)),
	}
}

func decisionNotice(who []office.PersonStatus) Notice {
	n := 0
	for _, p := range who {
		n += p.Waiting
	}
	return Notice{
		Kind: NoticeDecision, Page: PageAttention, Title: say.N("{{.N}} entry needs a decision", "{{.N}} entries need a decision", n),
		Body: say.T("Calendars of {{.Names}}. Everything else goes on.", "Names", names(who)),
	}
}

func behindNotice(who []office.PersonStatus, promise time.Duration) Notice {
	return Notice{
		Kind: NoticeBehind, Page: PageOverview, Title: say.T("Not in step"),
		Body: isAre(who, say.Key("{{.Names}} is not in step for more than {{.Time}}. Lockstep goes on trying."),
			say.Key("{{.Names}} are not in step for more than {{.Time}}. Lockstep goes on trying."), "Time", Ago(promise)),
	}
}

// maxNames is how many people a notice names; more are counted.
const maxNames = 2

func names(who []office.PersonStatus) string {
	switch {
	case len(who) == 1:
		return who[0].Name
	case len(who) == maxNames:
		return say.T("{{.First}} and {{.Second}}", "First", who[0].Name, "Second", who[1].Name)
	default:
		return people(len(who))
	}
}

// isAre says something of one person or of several, who are {{.Names}}.
func isAre(who []office.PersonStatus, one, several string, args ...any) string {
	args = append(args, "Names", names(who))
	if len(who) == 1 {
		return say.Of(one, args...)
	}
	return say.Of(several, args...)
}

// AlreadyRunning answers who starts the program a second time.
func AlreadyRunning() Notice {
	return Notice{Kind: NoticeAnswer, Title: say.T("Lockstep is running already"), Body: say.T("Its icon is beside the clock. lockstepctl status tells more.")}
}

// NoAnswer answers who starts a program that runs already, and is stuck.
func NoAnswer() Notice {
	return Notice{
		Kind: NoticeAnswer, Title: say.T("Lockstep does not answer"), Urgent: true,
		Body: say.T("It is running already, but does not answer. Wait a minute. If that does not help, end the program lockstep in the task manager and start it again; nothing is lost."),
	}
}

// Started greets who has started the program by hand; icon tells whether the
// desktop shows one.
func Started(icon bool) Notice {
	n := Notice{Kind: NoticeAnswer, Title: say.T("Lockstep is running"), Body: say.T("Its icon is beside the clock.")}
	if !icon {
		n.Body = say.T("This desktop shows no icons of programs, so lockstepctl status tells how it is doing. On GNOME the extension AppIndicator brings them.")
	}
	return n
}

// NoWindowProgram says that only the agent is installed here.
func NoWindowProgram() Notice {
	return Notice{
		Kind: NoticeAnswer, Title: say.T("Lockstep's windows are not installed"),
		Body: say.T("The program lockstep-window is not beside this one. Syncing goes on; install Lockstep whole, or use lockstepctl in a terminal."),
	}
}

// NoWindow says that this desktop draws no windows.
func NoWindow() Notice {
	return Notice{
		Kind: NoticeAnswer, Title: say.T("Lockstep's window could not be opened"), Urgent: true,
		Body: say.T("This desktop offers no OpenGL, as remote desktops and virtual machines often do. Syncing goes on; lockstepctl status in a terminal tells how it is doing."),
	}
}

// NotOpened says why the office cannot be looked after.
func NotOpened(a Advice) Notice {
	return Notice{Kind: NoticeAnswer, Title: say.T("Lockstep cannot begin"), Body: a.String(), Urgent: true}
}

// StillOpening answers who asks for a window that has to wait.
func StillOpening() Notice {
	return Notice{
		Kind: NoticeAnswer, Title: say.T("Lockstep is still starting"),
		Body: say.T("Its window comes as soon as it is ready. If the keyring asks for its password, type it there."),
	}
}

// NotDone says why something that a person asked for was not done.
func NotDone(a Advice) Notice {
	return Notice{Kind: NoticeAnswer, Title: say.T("That was not done"), Body: a.String()}
}

// Cause tells what stands behind the state of the icon, person by person.
func Cause(s office.Status, now time.Time) Notice {
	n := Notice{Kind: NoticeAnswer, Title: HealthLine(s)}
	var lines []string
	for _, p := range s.People {
		note := PersonNote(p)
		if note == "" {
			note = say.T("up to date, {{.Ago}}", "Ago", Since(p.Complete, now))
		}
		lines = append(lines, p.Name+": "+note)
	}
	if more := len(lines) - maxLines; more > 0 {
		lines = append(lines[:maxLines], say.N("and one more person; see lockstepctl status", "and {{.N}} more people; see lockstepctl status", more))
	}
	n.Body = strings.Join(lines, "\n")
	return n
}

// maxLines is how many people fit into a notice.
const maxLines = 6
