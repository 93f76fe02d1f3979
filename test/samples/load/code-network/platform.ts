const answer = await fetch('http://127.0.0.1:8080/');
export default await answer.json();
