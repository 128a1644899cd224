package localapi

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"lockstep/sync/office"
)

const hers = "Hautajaiset"

// gossip tells somebody's subjects in every answer that can hold any.
type gossip struct{}

// full is a T that holds her text wherever it can, under her address.
func full[T any]() (out T, _ error) {
	fill(reflect.ValueOf(&out).Elem())
	return out, nil
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			switch name := v.Type().Field(i).Name; {
			case name == "Address":
				v.Field(i).SetString("anna@office.test")
			case v.Type() == reflect.TypeFor[FieldPair]() && name == "Field":
				v.Field(i).SetString("subject")
			case v.Field(i).CanSet():
				fill(v.Field(i))
			}
		}
	case reflect.String:
		v.SetString(hers)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		elem := reflect.New(v.Type().Elem()).Elem()
		fill(elem)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("business").Convert(v.Type().Key()), elem)
	}
}

func (gossip) Status(context.Context, uint64) (office.Status, error) { return office.Status{}, nil }

func (gossip) Preview(context.Context, PreviewRequest) (Preview, error) { return full[Preview]() }

func (gossip) LastPreview(context.Context) (Preview, error)          { return full[Preview]() }
func (gossip) LeaveOut(context.Context, map[string][]string) error   { return nil }
func (gossip) Detail(context.Context, DetailRequest) (Detail, error) { return full[Detail]() }

func (gossip) Notices(context.Context, NoticeRequest) (Notices, error) { return full[Notices]() }

func (gossip) Notify(context.Context, NoticeRequest) (Notices, error)       { return full[Notices]() }
func (gossip) Stop(context.Context) error                                   { return nil }
func (gossip) Sync(context.Context, SyncRequest) (Summary, error)           { return full[Summary]() }
func (gossip) People(context.Context) ([]Person, error)                     { return nil, nil }
func (gossip) Switch(context.Context, string, bool, string) (Person, error) { return Person{}, nil }
func (gossip) OptOut(context.Context, string, bool, string) (Person, error) { return Person{}, nil }
func (gossip) TakeOver(context.Context, []string) ([]Person, error)         { return nil, nil }
func (gossip) Pause(context.Context, time.Time) error                       { return nil }
func (gossip) Setup(context.Context) (Setup, error)                         { return full[Setup]() }
func (gossip) CheckSetup(context.Context, CheckRequest) (Checked, error)    { return full[Checked]() }
func (gossip) SaveSetup(context.Context, Draft) (Setup, error)              { return full[Setup]() }
func (gossip) DropSetup(context.Context) error                              { return nil }

// Demo tells nothing: who works at a demo office is made up, and shown to everybody.
func (gossip) Demo(context.Context, DemoRequest) (DemoState, error) { return DemoState{}, nil }

func (gossip) DemoEdit(context.Context, DemoEdit) error        { return nil }
func (gossip) DemoFault(context.Context, DemoFault) error      { return nil }
func (gossip) Prefs(context.Context) (Prefs, error)            { return full[Prefs]() }
func (gossip) SavePrefs(context.Context, Prefs) (Prefs, error) { return full[Prefs]() }
func (gossip) SetSecret(context.Context, SecretRequest) error  { return nil }
func (gossip) Matches(context.Context) ([]Match, error)        { return full[[]Match]() }

func (gossip) TestConnection(context.Context, TestRequest) (TestResult, error) {
	return full[TestResult]()
}
func (gossip) Runs(context.Context, int) ([]Run, error)               { return nil, nil }
func (gossip) Changes(context.Context, int64) ([]Change, error)       { return full[[]Change]() }
func (gossip) PreviewUndo(context.Context, UndoRequest) (Undo, error) { return full[Undo]() }
func (gossip) Undo(context.Context, UndoRequest) (Undo, error)        { return full[Undo]() }
func (gossip) Decisions(context.Context, DecisionsRequest) ([]Question, error) {
	return full[[]Question]()
}
func (gossip) Resolve(context.Context, ResolveRequest) (Resolved, error) { return full[Resolved]() }
func (gossip) Resume(context.Context, ResumeRequest) (Summary, error)    { return full[Summary]() }
func (gossip) Keep(context.Context, KeepRequest) (Kept, error)           { return full[Kept]() }
func (gossip) FindServer(context.Context, FindServerRequest) (FoundServer, error) {
	return full[FoundServer]()
}

func (gossip) Doctor(context.Context, DoctorRequest) (DoctorReport, error) {
	return DoctorReport{}, nil
}

func (gossip) AddressBooks(context.Context, AddressBooksRequest) ([]AddressBook, error) {
	return full[[]AddressBook]()
}

func (gossip) Resources(context.Context) ([]Resource, error) { return full[[]Resource]() }

func (gossip) PairResource(context.Context, PairResourceRequest) (Person, error) {
	return full[Person]()
}

func (gossip) UnpairResource(context.Context, UnpairResourceRequest) (Person, error) {
	return full[Person]()
}

func (gossip) Handover(context.Context) (Handover, error) {
	h, err := full[Handover]()
	h.Exchange.Certificate, h.Business.Certificate = nil, nil // whose subject is no entry's
	return h, err
}

func (gossip) Diagnostics(context.Context, DiagnosticsRequest) (Diagnostics, error) {
	return full[Diagnostics]()
}
func (gossip) Script(context.Context, ScriptRequest) (Script, error) { return full[Script]() }

// texts are the subjects and places of entries in an answer, and what fields
// are shown to hold.
func texts(v any) string {
	b, _ := json.Marshal(v)
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for name, x := range v {
				text, isText := x.(string)
				_, pair := v["field"]
				if isText && (name == "subject" || name == "location" || name == "notes" || name == "kind" && v["people"] != nil ||
					pair && (name == "business" || name == "exchange" || name == "before")) {
					out = append(out, text)
				}
				walk(x)
			}
		}
	}
	var any any
	_ = json.Unmarshal(b, &any)
	walk(any)
	return strings.Join(out, " ")
}

// Every method of an Agent is asked, so that one that is added is judged too.
func TestScreened_TellsOfNobodysEntriesButOnesOwn(t *testing.T) {
	judge := func(t *testing.T, sc Screen, shown bool) {
		a := reflect.ValueOf(Screened{Agent: gossip{}, Screen: func(context.Context) (Screen, error) { return sc, nil }})
		methods, told := reflect.TypeFor[Agent](), 0
		for i := range methods.NumMethod() {
			m := a.MethodByName(methods.Method(i).Name)
			var args []reflect.Value
			for n := range m.Type().NumIn() {
				args = append(args, reflect.Zero(m.Type().In(n)))
			}
			args[0] = reflect.ValueOf(t.Context())
			got := texts(m.Call(args)[0].Interface())
			if strings.Contains(got, hers) {
				told++
				if !shown {
					t.Errorf("%s tells another person's text", methods.Method(i).Name)
				}
			}
		}
		if shown && told < 9 {
			t.Errorf("%d methods tell the text of one's own entries, want 9 at least", told)
		}
	}
	judge(t, Screen{Me: "bert@office.test"}, false)
	judge(t, Screen{Me: "Anna@office.test"}, true)
	judge(t, Screen{All: true}, true)
}
