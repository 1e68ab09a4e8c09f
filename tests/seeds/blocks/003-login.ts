export async function login(
  // THIS IS THE PARAMETER THAT WE NEED TO ADD
  prevState: { error: undefined | string },
  formData: FormData
) {
  const session = await getSession();

  const formUsername = formData.get("username") as string;
  const formPassword = formData.get("password") as string;

  const user = {
    id:1,
    username:formUsername,
    img:"avatar.png"
  }

  if(!user){
    // IF THERE IS AN ERROR THE STATE WILL BE UPDATED
    return { error: "Wrong Credentials!" }
  }

  session.isLoggedIn = true;
  session.id = user.id;
  session.username = user.username;

  await session.save();
  redirect("/")
}
