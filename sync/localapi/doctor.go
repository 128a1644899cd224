package localapi

import (
	"context"

	"lockstep/sync/doctor"
)

// CodeNoDoctor says that this agent examines nothing.
const CodeNoDoctor Code = "no_doctor"

// DoctorRequest begins an examination, or follows the one there is.
type DoctorRequest struct {
	// Begin starts an examination and answers with its first state. One that is
	// under way goes on, and is what the answer is about.
	Begin bool `json:"begin,omitempty"`
	// Who are the addresses of the people to examine; empty: everybody who is
	// switched on. The office itself is always examined. OfficeOnly leaves all
	// people out.
	Who        []string `json:"who,omitempty"`
	OfficeOnly bool     `json:"office_only,omitempty"`
	// Outside are people for whom the account must not be able to act, to see that
	// the role's scope is no wider than it should be. Nothing of theirs is opened
	// but, where the scope is too wide, the name of their calendar.
	Outside []string `json:"outside,omitempty"`
	// Enable switches those on who pass, in the name of By.
	Enable bool   `json:"enable,omitempty"`
	By     string `json:"by,omitempty"`
	// After waits, without Begin, for a state that is newer than this one; 0
	// answers at once with the last one there is, of an earlier day even.
	After uint64 `json:"after,omitempty"`
}

// DoctorReport is an examination, as far as it is.
type DoctorReport = doctor.Report

// Doctor hands the request on to who can look at both systems. When ctx ends
// before anything has changed, the last state is the answer.
func (l *Local) Doctor(ctx context.Context, q DoctorRequest) (DoctorReport, error) {
	if l.Examine == nil {
		return DoctorReport{}, &Error{Code: CodeNoDoctor, Message: "this agent examines nothing"}
	}
	r, err := l.Examine(ctx, q)
	if err != nil {
		return r, AsError(err)
	}
	return r, nil
}
