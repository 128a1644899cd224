package wire_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/sync/doctor"
	"lockstep/ui/model"
)

var update = flag.Bool("update", false, "write the table of faults anew")

// TestFaultTable_IsInTheManual keeps the manual's table what the doctor says.
func TestFaultTable_IsInTheManual(t *testing.T) {
	path := filepath.Join("..", "..", "..", "resources", "manual", "doctor.md")
	want := faultTable()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("resources/manual/doctor.md is not what the doctor says; run this test with -update")
	}
}

// faultTable is the table as the manual shows it, in the words of the front ends.
func faultTable() string {
	var b strings.Builder
	b.WriteString("# What the doctor finds\n\n`lockstepctl doctor` begins with the line that names the cause. " +
		"This is what it says in each state that its tests put an office into.\n\n" +
		"| What is wrong | First line | What to do |\n|---|---|---|\n")
	for _, f := range allFaults() {
		d := diagnosed(f)
		fmt.Fprintf(&b, "| %s | %s **%s**: %s | %s |\n", f.name, model.CheckSign(d.State), d.Title, d.What, d.Mend)
	}
	return b.String()
}

// diagnosed is the line of a fault with names in the place of facts.
func diagnosed(f fault) model.Diagnosis {
	r := doctor.Result{Check: f.check, State: doctor.Failed, Cause: f.cause, Certificate: &doctor.Certificate{}}
	if f.warns {
		r.State = doctor.Warned
	}
	r.Side = "exchange"
	if strings.HasPrefix(f.name, "Severa") || f.check == doctor.CheckBusiness || f.check == doctor.CheckMatch {
		r.Side = "business"
	}
	for _, name := range []string{
		"host", "proxy", "issuer", "days", "location", "offered", "detail", "primary", "off", "product", "scope", "zone", "office_zone", "free", "holder", "activity_type",
	} {
		r = r.With(name, "‹"+strings.ReplaceAll(name, "_", " ")+"›")
	}
	d := model.Diagnose(doctor.Line{Result: r, Person: "‹address›"})
	day := "0001-01-01"
	d.What, d.Mend = strings.ReplaceAll(d.What, day, "‹day›"), strings.ReplaceAll(d.Mend, day, "‹day›")
	return d
}
