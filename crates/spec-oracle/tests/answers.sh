# Answers with the number of the question, and dies at the second.
for number in 0 1 2 3; do
    [ "$number" -lt "$1" ] && continue
    [ "$number" -eq 1 ] && kill -SEGV $$
    echo "$number"
done
