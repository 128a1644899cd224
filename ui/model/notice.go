package model

import (
	"fmt"
	"strings"
	"time"

	"lockstep/sync/office"
	"lockstep/sync/plan"
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
	what := fmt.Sprintf("%s: nothing was written.", names(who))
	if len(who) == 1 {
		what = fmt.Sprintf("%s: %s. Nothing was written.", who[0].Name, Reason(plan.Reason{Code: plan.Code(who[0].Halt)}))
	}
	return Notice{
		Kind: NoticeStopped, Page: PageStopped, Title: "Stopped for safety", Urgent: true,
		Body: what + " Look at the preview, then allow it or keep the entries.",
	}
}

func signInNotice(who []office.PersonStatus) Notice {
	return Notice{
		Kind: NoticeSignIn, Page: PageConnections, Title: "Sign in again", Urgent: true,
		Body: fmt.Sprintf("A sign-in is refused; %s not in step. Lockstep does not try again before the password has changed.", isAre(who)),
	}
}

func approvalNotice(who []office.PersonStatus) Notice {
	return Notice{
		Kind: NoticeApproval, Page: PagePreview, Title: "A plan waits for approval",
		Body: fmt.Sprintf("Nothing is written for %s before somebody has looked at the preview.", names(who)),
	}
}

func decisionNotice(who []office.PersonStatus) Notice {
	n := 0
	for _, p := range who {
		n += p.Waiting
	}
	return Notice{
		Kind: NoticeDecision, Page: PageAttention, Title: count(n, "entry needs a decision", "entries need a decision"),
		Body: fmt.Sprintf("Calendars of %s. Everything else goes on.", names(who)),
	}
}

func behindNotice(who []office.PersonStatus, promise time.Duration) Notice {
	return Notice{
		Kind: NoticeBehind, Page: PageOverview, Title: "Not in step",
		Body: fmt.Sprintf("%s not in step for more than %s. Lockstep goes on trying.", isAre(who), Ago(promise)),
	}
}

// maxNames is how many people a notice names; more are counted.
const maxNames = 2

func names(who []office.PersonStatus) string {
	switch {
	case len(who) == 1:
		return who[0].Name
	case len(who) == maxNames:
		return who[0].Name + " and " + who[1].Name
	default:
		return fmt.Sprintf("%d people", len(who))
	}
}

func isAre(who []office.PersonStatus) string {
	if len(who) == 1 {
		return who[0].Name + " is"
	}
	return names(who) + " are"
}

// AlreadyRunning answers who starts the program a second time.
func AlreadyRunning() Notice {
	return Notice{Kind: NoticeAnswer, Title: "Lockstep is running already", Body: "Its icon is beside the clock. lockstepctl status tells more."}
}

// Started greets who has started the program by hand; icon tells whether the
// desktop shows one.
func Started(icon bool) Notice {
	n := Notice{Kind: NoticeAnswer, Title: "Lockstep is running", Body: "Its icon is beside the clock."}
	if !icon {
		n.Body = "This desktop shows no icons of programs, so lockstepctl status tells how it is doing. On GNOME the extension AppIndicator brings them."
	}
	return n
}

// NoWindowProgram says that only the agent is installed here.
func NoWindowProgram() Notice {
	return Notice{
		Kind: NoticeAnswer, Title: "Lockstep's windows are not installed",
		Body: "The program lockstep-window is not beside this one. Syncing goes on; install Lockstep whole, or use lockstepctl in a terminal.",
	}
}

// NoWindow says that this desktop draws no windows.
func NoWindow() Notice {
	return Notice{
		Kind: NoticeAnswer, Title: "Lockstep's window could not be opened", Urgent: true,
		Body: "This desktop offers no OpenGL, as remote desktops and virtual machines often do. Syncing goes on; lockstepctl status in a terminal tells how it is doing.",
	}
}

// NotOpened says why the office cannot be looked after.
func NotOpened(a Advice) Notice {
	return Notice{Kind: NoticeAnswer, Title: "Lockstep cannot begin", Body: a.String(), Urgent: true}
}

// NotDone says why something that a person asked for was not done.
func NotDone(a Advice) Notice {
	return Notice{Kind: NoticeAnswer, Title: "That was not done", Body: a.String()}
}

// Cause tells what stands behind the state of the icon, person by person.
func Cause(s office.Status, now time.Time) Notice {
	n := Notice{Kind: NoticeAnswer, Title: HealthLine(s)}
	var lines []string
	for _, p := range s.People {
		note := PersonNote(p)
		if note == "" {
			note = "up to date, " + Since(p.Complete, now)
		}
		lines = append(lines, p.Name+": "+note)
	}
	if more := len(lines) - maxLines; more > 0 {
		lines = append(lines[:maxLines], fmt.Sprintf("and %d more people; see lockstepctl status", more))
	}
	n.Body = strings.Join(lines, "\n")
	return n
}

// maxLines is how many people fit into a notice.
const maxLines = 6
