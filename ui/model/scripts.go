package model

import (
	"errors"
	"slices"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// The kinds of an administrator's script that a window offers.
const (
	scriptImpersonation = "impersonation"
	scriptDelegate      = "delegate"
	scriptThrottling    = "throttling"
)

// ScriptKinds are the kinds of scripts to choose from, the usual one first.
func ScriptKinds() []string { return []string{scriptImpersonation, scriptDelegate, scriptThrottling} }

// ScriptKindNames are the choices of ScriptKinds.
func ScriptKindNames() []string {
	return []string{say.T("Act for colleagues"), say.T("Full access to mailboxes"), say.T("Wider limits for the account")}
}

// ScriptVersions are the versions of Exchange for which there is a script of a kind.
func ScriptVersions(kind string) []string {
	return slices.DeleteFunc(Generations(), func(g string) bool {
		return g == "" || kind == scriptThrottling && g == "2007" // which knows no limits
	})
}

// ScriptVersionNames are the choices of ScriptVersions.
func ScriptVersionNames(kind string) []string {
	var out []string
	for _, g := range ScriptVersions(kind) {
		out = append(out, GenerationName(g))
	}
	return out
}

// usualVersion is what most offices have, where nobody knows which one it is.
const usualVersion = "2019"

// ScriptFor is the script that an office needs first: of the way that it is set
// up, for the version that its server has. known: somebody has found that out.
func ScriptFor(d localapi.DraftExchange, tested localapi.TestResult) (kind, version string, known bool) {
	kind = scriptImpersonation
	if d.Access == scriptDelegate {
		kind = scriptDelegate
	}
	for _, version := range []string{tested.Generation, d.Version} {
		if slices.Contains(ScriptVersions(kind), version) {
			return kind, version, true
		}
	}
	return kind, usualVersion, false
}

// ScriptFailure says why a script is not written.
func ScriptFailure(err error) Advice {
	if e, ok := errors.AsType[*localapi.Error](err); ok && e.Code == localapi.CodeUsage {
		return Advice{
			What: say.T("This script cannot be written yet."),
			Do:   say.T("It names the account that is set up, and up to 100 people who take part. Before anybody does, or for more people, choose Whole organisation."),
		}
	}
	return Failure(err)
}
