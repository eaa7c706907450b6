package content

import "testing"

func TestEmbedded(t *testing.T) {
	t.Parallel()
	if _, err := Embedded(); err != nil {
		t.Fatal(err)
	}
}
