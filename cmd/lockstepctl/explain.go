package main

import (
	"errors"

	"lockstep/cmd/internal/explain"
	"lockstep/ui/model"
)

// failure is an error in words, with the exit code that goes with it.
type failure struct {
	code int
	model.Advice
}

// usage is a mistake on the command line.
type usage string

// Error is the mistake.
func (u usage) Error() string { return string(u) }

// words finds the words for an error.
func words(err error) failure {
	if u, ok := errors.AsType[usage](err); ok {
		return failure{exitUsage, model.Advice{What: u.Error()}}
	}
	if errors.Is(err, errRunning) {
		return failure{exitFailed, model.Advice{What: "Lockstep is running on this home folder.", Do: "Stop it first, and start it again afterwards."}}
	}
	if errors.Is(err, errSilent) {
		return failure{exitFailed, model.Advice{
			What: "Lockstep is running on this home folder, but has not answered for 10 seconds.",
			Do:   "Wait a minute and try again. If it stays silent, end the process lockstep (or lockstepctl run) by the system's own means: what it had begun is finished, or found out about, at the next start.",
		}}
	}
	if errors.Is(err, errStillBusy) {
		return failure{exitFailed, model.Advice{What: "Lockstep was asked to end and still finishes what it has begun.", Do: "Wait a little, and look with `lockstepctl quit` again."}}
	}
	f := explain.Error(err)
	if f.Usage {
		return failure{exitUsage, f.Advice}
	}
	return failure{exitFailed, f.Advice}
}
