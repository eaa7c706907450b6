package flows_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"convenor/flows"
)

// TestLogKeepsEverything fills each field of an entry and its value, one at a time and all at once: none is lost on the
// way through the text.
func TestLogKeepsEverything(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 2, 0, 123, time.UTC)
	all := flows.Entry{At: at}
	var log flows.Log
	fill := func(in func(*flows.Entry) reflect.Value) {
		v := in(&all)
		for i := range v.NumField() {
			one := flows.Entry{At: at}
			for _, e := range []*flows.Entry{&one, &all} {
				f := in(e).Field(i)
				switch f.Interface().(type) {
				case time.Time, flows.Value:
					continue
				case bool:
					f.SetBool(true)
				case int64:
					f.SetInt(7)
				case []int:
					f.Set(reflect.ValueOf([]int{0, 5, -1}))
				case []string:
					f.Set(reflect.ValueOf([]string{"a", "", "two words", "b"}))
				default:
					if f.Kind() != reflect.String {
						t.Fatalf("%s is a %s: the text of a log has no word for it", v.Type().Field(i).Name, f.Type())
					}
					f.SetString("a \"b\"\n=é·|")
				}
			}
			log = append(log, one)
		}
	}
	fill(func(e *flows.Entry) reflect.Value { return reflect.ValueOf(e).Elem() })
	fill(func(e *flows.Entry) reflect.Value { return reflect.ValueOf(&e.Value).Elem() })
	log = append(log, all)
	text, err := json.Marshal(log)
	if err != nil {
		t.Fatal(err)
	}
	var back flows.Log
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	for i := range log {
		if !reflect.DeepEqual(log[i], back[i]) {
			t.Errorf("%+v came back as %+v", log[i], back[i])
		}
	}
}

func FuzzLog(f *testing.F) {
	f.Add("2026-03-02T09:02:00Z dana node=q1 kind=text text=abc asked=3·2026-03-02T09:03:00Z dana did=back")
	f.Add("2026-03-02T09:02:00Z \"\" kind=many pick=a pick=\"\" held=")
	f.Fuzz(func(t *testing.T, text string) {
		var log, back flows.Log
		if log.UnmarshalText([]byte(text)) != nil {
			return
		}
		again, err := log.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if err := back.UnmarshalText(again); err != nil {
			t.Fatalf("%q: %v", again, err)
		}
		if !reflect.DeepEqual(log, back) {
			t.Errorf("%+v came back as %+v", log, back)
		}
	})
}
